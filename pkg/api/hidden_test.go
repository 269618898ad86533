package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"plenary/pkg/api"
)

// about reports whether a call is about one thing of a group. People are in none,
// and what is the administrators' answers strangers that it is theirs.
func about(c api.Call) bool {
	return strings.Contains(c.Path, "{") && !strings.HasPrefix(c.Path, "/people/") && !strings.HasPrefix(c.Path, "/admin/")
}

func TestWhatIsInASecretGroupDoesNotExistForStrangers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		fill := furnish(t, h, "vault")
		body, mediaType := form(t, "file", "boat.png", picture(t))
		file := h.ask(t, "ben", "POST", "/files", body, "Content-Type", mediaType)
		for _, c := range api.Calls() {
			if !about(c) {
				continue
			}
			path := strings.ReplaceAll(fill.Replace(c.Path), "/files/{id}", "/files/"+number(file.value["id"]))
			asked := `{}`
			if c.Method == http.MethodGet || c.Method == http.MethodDelete {
				asked = ""
			}
			for _, who := range []string{"dee", "root", ""} {
				want := http.StatusNotFound
				if who == "" && c.Method != http.MethodGet {
					want = http.StatusUnauthorized
				}
				if got := h.ask(t, who, c.Method, path, asked); got.status != want {
					t.Errorf("%q %s %s: %d, want %d: %s", who, c.Method, c.Path, got.status, want, got.body)
				}
			}
		}
	})
}

func TestHowBallotsFellIsNowhereBeforeItMayBeSeen(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const words = "because of the tide"
		thread := h.newThread(t, "harbour")
		made := h.ask(t, "mo", "POST", thread+"/polls", `{"title":"Sail?","method":"proposal","results":"at_close","closes_at":"2027-02-01T00:00:00Z"}`)
		poll := "/polls/" + number(made.value["id"])
		cast := h.ask(t, "ben", "PUT", poll+"/ballot", fmt.Sprintf(`{"choices":["disagree"],"reason":%q}`, words))
		receipt, _ := cast.value["receipt"].(string)
		fill := strings.NewReplacer("{handle}", "harbour", "/threads/{id}", thread, "/polls/{id}", poll)
		look := func(who string) (told []string) {
			for _, c := range api.Calls() {
				path := fill.Replace(c.Path)
				if c.Method != http.MethodGet || strings.Contains(path, "{") || c.Handler == "describe" || c.Handler == "showBallot" && who == "ben" {
					continue
				}
				got := h.ask(t, who, c.Method, path, "")
				if s := string(got.body); strings.Contains(s, words) || strings.Contains(s, receipt) || strings.Contains(s, `"percent"`) {
					told = append(told, c.Path)
				}
			}
			return told
		}
		for _, who := range []string{"ben", "mo", "ana", "root", "dee", ""} {
			if told := look(who); cast.status != 200 || len(told) > 0 {
				t.Errorf("%q reads in %v how ben voted", who, told)
			}
		}
		h.live(t, []step{{call: "mo POST " + poll + "/close", status: 200}})
		// In the list, the results, the reasons, the bundle, and the table under its receipt.
		if told := look("dee"); len(told) != 5 {
			t.Errorf("after the close the ballots are told in %v", told)
		}
	})
}
