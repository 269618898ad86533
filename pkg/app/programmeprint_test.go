package app_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"plenary/pkg/programme"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/browser"
)

var pdfPage = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

func TestAProgrammeIsPrintedOnePageADay(t *testing.T) {
	t.Parallel()
	e := stageEvent(t)
	for _, date := range []programme.Date{"2031-06-21", "2031-06-22"} {
		_, err := e.Programmes.AddDay(e.ctx, e.omar, e.id, programme.NewDay{Date: date, Title: "Panels"})
		e.must(err)
	}
	e.must(e.Programmes.DrawSlots(e.ctx, e.omar, e.id, programme.DayParts, bareDays(t, e), e.say))
	for i := range 6 {
		_, err := e.Programmes.AddRoom(e.ctx, e.omar, e.id, programme.NewRoom{Name: fmt.Sprintf("Room %d", i+3)})
		e.must(err)
	}
	plan, err := e.Programmes.Plan(e.ctx, e.omar, e.id)
	e.must(err)
	n := 0
	for _, slot := range plan.Slots {
		for _, room := range plan.Rooms {
			n++
			one, err := e.Programmes.CreateSession(e.ctx, e.omar, e.id, programme.NewSession{Title: fmt.Sprintf("Session number %d: rents, tools and who cares for whom", n), Confirmed: true,
				Speakers: []programme.NewSomeone{{Name: "Ines Moura", Affiliation: "Casa do Cais"}, {Name: "فادي حداد"}}})
			e.must(err)
			_, err = e.Programmes.Place(e.ctx, e.omar, one.ID, programme.Placing{SlotID: slot.ID, RoomID: room.ID}, 0)
			e.must(err)
		}
	}
	tab := e.browse("omar", e.path("/print"))
	tab.Until(`document.querySelectorAll(".sheet").length === 3`)
	pdf := tab.Print()
	if pages := len(pdfPage.FindAll(pdf, -1)); pages != 3 {
		t.Errorf("%d sessions of 3 days are printed on %d pages, want 3", n, pages)
	}
	keep(t, pdf)
	path, err := exec.LookPath("pdftotext")
	if err != nil {
		testkit.Missing(t, "no pdftotext, so what is printed is not read; get it with: apt-get install poppler-utils")
	}
	cmd := exec.Command(path, "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	text, err := cmd.Output()
	e.must(err)
	words := strings.Join(strings.Fields(string(text)), " ")
	for i := 1; i <= n; i++ {
		if !strings.Contains(words, fmt.Sprintf("number %d:", i)) && !strings.Contains(words, fmt.Sprintf(" %d:", i)) {
			t.Errorf("session %d is not on paper", i)
		}
	}
}

// bareDays are the days that have no slots yet.
func bareDays(t *testing.T, e *stagedEvent) []int64 {
	t.Helper()
	plan, err := e.Programmes.Plan(e.ctx, e.omar, e.id)
	e.must(err)
	return []int64{plan.Days[1].ID, plan.Days[2].ID}
}

// keep writes a file beside the screenshots, where these are asked for.
func keep(t *testing.T, pdf []byte) {
	t.Helper()
	dir := os.Getenv("PLENARY_TEST_SHOTS")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, "programme.pdf"), pdf, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestAProgrammeStandsInPagesOfOtherSites(t *testing.T) {
	t.Parallel()
	e := stageEvent(t)
	_, err := e.Programmes.Place(e.ctx, e.omar, e.sessions[0], programme.Placing{SlotID: e.slots[0].ID, RoomID: e.rooms[0].ID}, 0)
	e.must(err)
	if got, _ := fetch(t, e.URL+e.path("/embed")); got.StatusCode != http.StatusConflict && got.StatusCode != http.StatusNotFound {
		t.Errorf("a draft stands in other sites: %d", got.StatusCode)
	}
	_, err = e.Programmes.Publish(e.ctx, e.omar, e.id, "", 0)
	e.must(err)
	got, body := fetch(t, e.URL+e.path("/embed"))
	if got.StatusCode != http.StatusOK || len(got.Header.Values("Set-Cookie")) > 0 || !strings.Contains(got.Header.Get("Content-Security-Policy"), "frame-ancestors *") {
		t.Errorf("%d, cookies %q, policy %q", got.StatusCode, got.Header.Values("Set-Cookie"), got.Header.Get("Content-Security-Policy"))
	}
	if strings.Contains(body, "<script") || !strings.Contains(body, "Who owns the pipes?") || !strings.Contains(body, `target="_blank" rel="noopener"`) {
		t.Errorf("the frame holds scripts, or not the programme: %s", body)
	}

	asked, err := http.NewRequestWithContext(e.ctx, http.MethodGet, e.URL+e.path("/embed"), nil)
	e.must(err)
	asked.Header.Set("Cookie", "plenary=nonsense; lang=xx")
	again, err := http.DefaultClient.Do(asked)
	e.must(err)
	defer func() { _ = again.Body.Close() }()
	if same, err := io.ReadAll(again.Body); err != nil || string(same) != body || len(again.Header.Values("Set-Cookie")) > 0 {
		t.Errorf("a cookie that is sent along is looked at: %d, %q, %v", again.StatusCode, again.Header.Values("Set-Cookie"), err)
	}

	tab := e.browse("omar", e.path("/share"))
	if snippet := browser.Eval[string](tab, `document.querySelector("#snippet").value`); !strings.Contains(snippet, e.path("/embed")) {
		t.Errorf("the snippet to copy is %q", snippet)
	}
}

func fetch(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	got, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got, string(body)
}
