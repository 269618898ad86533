package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// number writes an id of a JSON answer.
func number(id any) string { return fmt.Sprintf("%.0f", id) }

// newThread starts a thread in a group on behalf of ben and gives its path.
func (h *house) newThread(t testing.TB, group string) string {
	t.Helper()
	got := h.ask(t, "ben", "POST", "/groups/"+group+"/threads", `{"title":"A thread"}`)
	if got.status != 201 {
		t.Fatalf("start a thread: %d %s", got.status, got.body)
	}
	return "/threads/" + number(got.value["id"])
}

func TestARepeatedRequestIsCarriedOutOnceAndAnsweredTheSame(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		thread := h.newThread(t, "harbour")
		first := h.ask(t, "ben", "POST", thread+"/comments", `{"body":"Once"}`, "Idempotency-Key", "k1")
		again := h.ask(t, "ben", "POST", thread+"/comments", `{"body":"Once"}`, "Idempotency-Key", "k1")
		if first.status != 201 || again.status != 201 || string(first.body) != string(again.body) ||
			again.header.Get("Location") != first.header.Get("Location") {
			t.Errorf("first %d %s\nagain %d %s", first.status, first.body, again.status, again.body)
		}
		if first.header.Get("Idempotency-Replayed") != "" || again.header.Get("Idempotency-Replayed") != "true" {
			t.Error("only the repeated answer says that it is one")
		}
		other := h.ask(t, "mo", "POST", thread+"/comments", `{"body":"Mine"}`, "Idempotency-Key", "k1")
		elsewhere := h.ask(t, "ben", "POST", h.newThread(t, "harbour")+"/comments", `{"body":"There"}`, "Idempotency-Key", "k1")
		if other.value["body"] != "Mine" || elsewhere.value["body"] != "There" {
			t.Errorf("a key means something to somebody else, or elsewhere: %s %s", other.body, elsewhere.body)
		}
		if got := h.ask(t, "ben", "GET", thread, ""); got.value["comment_count"] != 2.0 {
			t.Errorf("comments: %v", got.value["comment_count"])
		}
	})
}

func TestOfManyEqualRequestsAtOnceOneIsCarriedOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		thread := h.newThread(t, "harbour")
		var wg sync.WaitGroup
		answers := make([]answer, 20)
		for i := range answers {
			wg.Go(func() {
				answers[i] = h.ask(t, "ben", "POST", thread+"/comments", `{"body":"Twenty times"}`, "Idempotency-Key", "same")
			})
		}
		wg.Wait()
		ids := map[string]bool{}
		for _, a := range answers {
			switch a.status {
			case 201:
				ids[number(a.value["id"])] = true
			case 409:
				if a.value["code"] != "error.in_progress" {
					t.Errorf("409 %s", a.body)
				}
			default:
				t.Errorf("%d %s", a.status, a.body)
			}
		}
		if got := h.ask(t, "ben", "GET", thread, ""); len(ids) != 1 || got.value["comment_count"] != 1.0 {
			t.Errorf("ids %v, comments %v", ids, got.value["comment_count"])
		}
	})
}

func TestARefusedRequestDoesNotSpendItsKey(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		thread := h.newThread(t, "harbour")
		h.live(t, []step{{call: "ben POST " + thread + "/comments", body: `{"body":""}`, status: 422}})
		for i, body := range []string{`{"body":""}`, `{"body":"Better"}`} {
			got := h.ask(t, "ben", "POST", thread+"/comments", body, "Idempotency-Key", "k")
			if want := []int{422, 201}[i]; got.status != want {
				t.Errorf("%s: %d, want %d", body, got.status, want)
			}
		}
		long := h.ask(t, "ben", "POST", thread+"/comments", `{"body":"x"}`, "Idempotency-Key", strings.Repeat("k", 201))
		if long.status != 422 || long.value["fields"].(map[string]any)["Idempotency-Key"] == nil {
			t.Errorf("a long key: %d %s", long.status, long.body)
		}
	})
}

func TestSecretsAreNotKeptForARepeatedKey(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		first := h.ask(t, "ben*", "POST", "/tokens", `{"name":"a"}`, "Idempotency-Key", "k")
		again := h.ask(t, "ben*", "POST", "/tokens", `{"name":"a"}`, "Idempotency-Key", "k")
		if again.status != 201 || first.value["token"] == again.value["token"] {
			t.Errorf("%d %s", again.status, again.body)
		}
		var kept []string
		h.must(h.db.Read(t.Context()).Table("once_keys").Select("COALESCE(body, '')").Find(&kept).Error)
		for _, body := range kept {
			if strings.Contains(body, first.value["token"].(string)) {
				t.Error("a secret is kept in the clear")
			}
		}
	})
}
