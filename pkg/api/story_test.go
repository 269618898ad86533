package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"plenary/pkg/api"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// step is one request of a story and what has to come of it.
type step struct {
	call   string // "ben POST /threads/{thread}/comments", "- GET /groups" for a visitor
	body   string // names in braces stand for ids that were saved before
	status int
	want   string // JSON that the answer has to fit; see fits
	save   string // keep the answer's id under this name
	then   func(h *house)
}

// stories are what people do one after the other, by what it is about. All are
// told in one house.
var stories = map[string][]step{
	"1 people":      peopleStory,
	"2 groups":      groupStory,
	"3 invitations": invitationStory,
	"4 threads":     threadStory,
	"5 comments":    commentStory,
	"6 themes":      themeStory,
	"6a convening":  conveningStory,
	"6b events":     eventStory,
	"6c who comes":  eventGuestStory,
	"9e the board":  boardStory,
	"7 polls":       pollStory,
	"8 proposals":   proposalStory,
	"7a templates":  templateStory,
	"7b options":    optionStory,
	"0 the system":  systemStory,
	"9a settings":   settingsStory,
	"9b sharing":    sharingStory,
	"9c members":    membersStory,
	"9d accounts":   accountStory,
	"9f inboxes":    inboxStory,
}

func TestTheCallsOnBothDatabases(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		for _, about := range slices.Sorted(maps.Keys(stories)) {
			t.Run(about, func(t *testing.T) { h.live(t, stories[about]) })
		}
		t.Run("sign-ups", func(t *testing.T) { liveWithNewcomers(t, h) })
		t.Run("parts of sessions", func(t *testing.T) { liveWithParts(t, h) })
		t.Run("files", func(t *testing.T) { liveWithFiles(t, h) })
		t.Run("passkeys", func(t *testing.T) { liveWithPasskeys(t, h) })
		t.Run("providers", func(t *testing.T) { liveWithProviders(t, h) })
		t.Run("pictures of groups", func(t *testing.T) { liveWithGroupPictures(t, h) })
		t.Run("electorates", func(t *testing.T) { liveWithElectorates(t, h) })
		t.Run("secrecy", func(t *testing.T) { liveWithSecrecy(t, h) })
		t.Run("pictures and sessions", func(t *testing.T) { liveWithPictures(t, h) })
		for _, c := range api.Calls() {
			if !h.hits[c.Handler] {
				t.Errorf("no story has %s %s succeed", c.Method, c.Path)
			}
		}
	})
}

func (h *house) live(t *testing.T, steps []step) {
	saved := map[string]string{}
	fill := func(s string) string {
		for name, id := range saved {
			s = strings.ReplaceAll(s, "{"+name+"}", id)
		}
		return s
	}
	for i, s := range steps {
		who, call, _ := strings.Cut(s.call, " ")
		method, path, _ := strings.Cut(fill(call), " ")
		got := h.ask(t, strings.TrimPrefix(who, "-"), method, path, fill(s.body))
		at := fmt.Sprintf("step %d, %s %s", i, s.call, s.body)
		if got.status != s.status {
			t.Fatalf("%s: %d, want %d\n%s", at, got.status, s.status, got.body)
		}
		if s.want != "" {
			var want any
			if err := json.Unmarshal([]byte(fill(s.want)), &want); err != nil {
				t.Fatalf("%s: %v in %s", at, err, s.want)
			}
			if wrong := fits("answer", want, any(got.value)); len(wrong) > 0 {
				t.Fatalf("%s: %s\n%s", at, strings.Join(wrong, "; "), got.body)
			}
		}
		if s.save != "" {
			saved[s.save] = fmt.Sprintf("%.0f", got.value["id"])
			if items, ok := got.value["items"].([]any); ok && len(items) > 0 { // of a list the first
				if first, ok := items[0].(map[string]any); ok {
					saved[s.save] = fmt.Sprintf("%.0f", first["seq"])
				}
			}
			if token, ok := got.value["token"].(string); ok {
				saved[s.save+"_token"] = token
			}
			h.saveOptions(saved, got)
		}
		if s.then != nil {
			s.then(h)
		}
	}
}

// saveOptions keeps the ids of a poll's options as option0, option1 …
func (h *house) saveOptions(saved map[string]string, got answer) {
	options, ok := got.value["options"].([]any)
	if !ok {
		return
	}
	for i, o := range options {
		saved[fmt.Sprint("option", i)] = fmt.Sprintf("%.0f", o.(map[string]any)["id"])
	}
}
