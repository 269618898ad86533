package web

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/programme"
)

// upload is a file in a form.
type upload struct {
	name    string
	content []byte
}

// sendAll sends a form with files in one field.
func (b *browser) sendAll(path, field string, files []upload, pairs ...string) seen {
	b.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		b.h.must(form.WriteField(pairs[i], pairs[i+1]))
	}
	for _, f := range files {
		part, err := form.CreateFormFile(field, f.name)
		b.h.must(err)
		_, err = part.Write(f.content)
		b.h.must(err)
	}
	b.h.must(form.Close())
	r, err := http.NewRequest(http.MethodPost, origin+path, &body)
	b.h.must(err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Origin", origin)
	return b.do(r)
}

// working is a session as those who convene work on it.
func (h *house) working(t *testing.T, id int64) programme.Session {
	t.Helper()
	s, err := h.site.Programmes.Working(context.Background(), h.actor("mona"), id)
	h.must(err)
	return s
}

func TestASessionsFormIsSavedWholeOrComesBackFilledIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("harbour")
		mona, at := h.browser("mona"), d.session(d.boats)
		form := mona.get(at + "/edit").status(200)
		version := form.page.Find("[name=version]").AttrOr("value", "")
		fields := []string{"title", "Boats and oars", "state", "draft", "minutes", "20", "capacity", "7", "version", version, "speaker", "@ben", "speaker_affiliation", "",
			"material_title", "A map", "material_link", "https://example.org/map", "notes", "We sang."}
		before := h.working(t, d.boats)
		again := mona.post(at+"/edit", append(fields, "once", form.once("#session-form"), "host", "@nobody-here", "host_affiliation", "")...).status(422).has("Nobody here has the handle")
		for name, want := range map[string]string{"[name=title]": "Boats and oars", "[name=speaker]": "@ben", "[name=host]": "@nobody-here", "[name=material_title]": "A map", "[name=minutes]": "20", "[name=version]": version} {
			if got := again.page.Find(name).First().AttrOr("value", ""); got != want {
				t.Errorf("%s came back as %q, want %q", name, got, want)
			}
		}
		if now := h.working(t, d.boats); now.Version != before.Version || now.Title != before.Title || len(now.Speakers)+len(now.Material) != 0 || now.Notes != "" {
			t.Errorf("a rejected form changed something: %+v", now)
		}
		mona.post(at+"/edit", append(fields, "once", again.once("#session-form"))...).to(at)
		now := h.working(t, d.boats)
		if now.Title != "Boats and oars" || now.State != programme.Draft || now.Minutes != 20 || now.Capacity != 7 || len(now.Speakers) != 1 || len(now.Material) != 1 || now.Notes != "We sang." || now.Version != before.Version+1 {
			t.Errorf("saved: %+v", now)
		}
		mona.post(at+"/edit", fields...).status(409) // it rests on the older one
	})
}

func TestFilesAreAddedToASessionInItsForm(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("harbour")
		mona, at := h.browser("mona"), d.session(d.boats)
		form := mona.get(at + "/edit").status(200).has("Add files").has("10 MB at most")
		if form.page.Find("#session-form[enctype='multipart/form-data'] input[type=file][name=material_file][multiple]").Length() != 1 {
			t.Fatal("the form has no field for files")
		}
		pdf, text := []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"), []byte("Bring a rope and a hat.\n")
		fields := []string{"title", "Boats & co", "state", "confirmed"}

		// What cannot be used is named, and the rest is kept in the form.
		again := mona.sendAll(at+"/edit", "material_file", []upload{{"plan.pdf", pdf}, {"evil.exe", []byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00")}}, fields...).status(422).has("evil.exe").has("cannot be used")
		kept := again.page.Find("[name=material_link]").First().AttrOr("value", "")
		if !strings.HasPrefix(kept, "/files/") {
			t.Fatalf("the file that could be used was not kept: %q", kept)
		}
		if len(h.working(t, d.boats).Material) != 0 {
			t.Error("a rejected form added material")
		}
		mona.sendAll(at+"/edit", "material_file", []upload{{"big.txt", bytes.Repeat([]byte("words "), edge.UploadLimit/5)}}, fields...).status(422).has("big.txt").has("is too large")
		h.browser("cleo").sendAll(at+"/edit", "material_file", []upload{{"plan.pdf", pdf}}, fields...).status(403)

		mona.sendAll(at+"/edit", "material_file", []upload{{"list.txt", text}}, append(fields, "material_title", "The plan", "material_link", kept, "material_title", "", "material_link", "")...).to(at)
		page := h.browser("").get(at).status(200).has("The plan").has("PDF, ").has("list").has("TXT, ") // at once, for everybody
		page.lacks("/files/0")
		h.browser("").get(kept).status(200)
		if got := h.working(t, d.boats).Material; len(got) != 2 || got[0].File == nil || got[0].File.Size != int64(len(pdf)) || got[1].File.Name != "list.txt" {
			t.Errorf("the material is %+v", got)
		}
		mona.sendAll(at+"/edit", "material_file", nil, append(fields, "material_title", "The plan", "material_link", kept, "material_drop", kept)...).to(at)
		if got := h.working(t, d.boats).Material; len(got) != 0 {
			t.Errorf("it was to be taken away: %+v", got)
		}
		made := mona.sendAll(d.page+"/sessions", "material_file", []upload{{"new.txt", text}}, fields...).status(303)
		if at := made.Header.Get("Location"); !strings.Contains(at, "#ses-") {
			t.Errorf("a session with a file went to %q", at)
		}
	})
}

func TestNotesAreReadAtOnceAndWordsWithTheNextPublication(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("harbour")
		mona, ben, visitor, at := h.browser("mona"), h.browser("ben"), h.browser(""), d.session(d.boats)
		mona.post(at+"/edit", "title", "Boats & co", "state", "confirmed", "host", "@ben", "host_affiliation", "").to(at)
		visitor.get(at).status(200).lacks("Write down what was said")
		form := ben.get(at).status(200).has("Write down what was said").has("when those who convene publish")
		ben.post(at+"/notes", "once", form.once("#notes-form"), "version", form.page.Find("#notes-form [name=version]").AttrOr("value", ""), "notes", "**Decided**: two boats.").to(at + "#notes")
		visitor.get(at).status(200).has("two boats.")
		h.browser("cleo").post(at+"/notes", "notes", "No.").status(403)
		ben.post(at+"/notes", "notes", strings.Repeat("x", 200_000)).status(422).has("Notes")
		ben.post(at+"/notes", "version", "1", "notes", "Three").status(409)
		ben.get(at + "/edit").status(200).has("Notes and material are read at once.")
		ben.post(at+"/edit", "title", "Boats and oars").to(at)
		visitor.get(at).status(200).has("Boats & co").lacks("Boats and oars").lacks("has been changed since")
		mona.get(at).status(200).has("has been changed since it was published")
		publish := mona.get(d.page + "/publish").status(200)
		mona.post(d.page+"/publish", "once", publish.once("form.form")).to(d.page)
		visitor.get(at).status(200).has("Boats and oars")
		mona.get(at).status(200).lacks("has been changed since it was published")
	})
}

func TestWhatNoLongerFitsIsSaidAndMended(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("harbour")
		mona, ctx, who := h.browser("mona"), context.Background(), h.actor("mona")
		_, err := h.site.Programmes.EditSession(ctx, who, d.boats, programme.SessionEdit{Minutes: new(60)})
		h.must(err)
		plan := h.planOf(t, d.page)
		slot := fmt.Sprintf("%s/slots/%d", d.page, plan.Slots[0].ID)
		mona.post(slot, "starts", "09:00", "ends", "10:00").status(303)
		mona.get(d.page + "/frame").status(200).lacks("does not fit its slot")
		mona.post(slot, "starts", "09:00", "ends", "09:30").to(d.page + "/frame#unfit")
		mona.get(d.page + "/frame").status(200).has("1 session does not fit its slot any more").has("Boats & co")
		mona.get(d.page + "/edit").status(200).has("1 session does not fit its slot any more")
		mona.post(d.page+"/fit", "do", "something").status(422)
		h.browser("ben").post(d.page+"/fit", "do", "next").status(403)
		mona.post(d.page+"/slots", "day_id", fmt.Sprint(plan.Days[0].ID), "starts", "11:00", "ends", "12:00").status(303)
		done := mona.post(d.page+"/fit", "do", "next").status(303).Header.Get("Location")
		mona.get(done).status(200).has("1 session was put into the next slot").lacks("does not fit its slot")
		if now := programme.When(h.planOf(t, d.page))[d.boats]; now.Start.Hour() != 11 {
			t.Errorf("it is at %v", now.Start.Format(time.Kitchen))
		}
		later := h.planOf(t, d.page).Slots[1].ID
		mona.post(fmt.Sprintf("%s/slots/%d", d.page, later), "starts", "11:00", "ends", "11:30").to(d.page + "/frame#unfit")
		done = mona.post(d.page+"/fit", "do", "unplace").status(303).Header.Get("Location")
		mona.get(done).status(200).has("1 session was taken out of its slot")
	})
}

func TestAPersonWhoIsOnlyNamedIsAskedAboutOnTheBoard(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("harbour")
		mona, ctx, who := h.browser("mona"), context.Background(), h.actor("mona")
		mona.get(d.page + "/edit").status(200).lacks("The same person?")
		_, err := h.site.Programmes.EditSession(ctx, who, d.boats, programme.SessionEdit{Speakers: &[]programme.NewSomeone{{Name: "Bén EXAMPLE"}}})
		h.must(err)
		_, err = h.site.Programmes.EditSession(ctx, who, d.birds, programme.SessionEdit{Speakers: &[]programme.NewSomeone{{Handle: "ben"}}})
		h.must(err)
		mona.get(d.page + "/edit").status(200).has("The same person?").has("@ben").has("Perhaps Ben Example is needed")
		h.browser("ben").post(d.page+"/namesakes", "name", "Ben Example", "handle", "ben", "same", "1").status(403)
		mona.post(d.page+"/namesakes", "name", "Ben Example", "handle", "mona", "same", "1").status(422)
		mona.post(d.page+"/namesakes", "name", "Bén EXAMPLE", "handle", "ben", "same", "1").to(d.page + "/edit#builder")
		mona.get(d.page + "/edit").status(200).lacks("The same person?").has("Ben Example is needed")
	})
}

func TestFillingFromNoPollIsSaidInTheForm(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("harbour")
		mona := h.browser("mona")
		mona.post(d.page + "/fill").status(422).has("Please choose a closed poll")
		mona.post(d.page+"/fill", "poll", "99999").status(422).has("Please choose a closed poll")
		mona.post(d.page+"/fill", "poll", "many").status(422)
		h.browser("ben").post(d.page + "/fill").status(403)
	})
}

func TestTheDiscussionOfASessionLeadsToWhereItsWordsAreEdited(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		d := h.openDay("harbour")
		mona, at := h.browser("mona"), d.session(d.boats)
		mona.post(at + "/talk").to(at)
		talk := mona.get(at).status(200).page.Find("a:contains('Discussion'), section[aria-labelledby=talk-title] a.button").Last().AttrOr("href", "")
		thread := mona.get(talk).status(200).has("Edit the session")
		if thread.page.Find("a[href='"+at+"/edit']").Length() != 1 || thread.page.Find("a[href$='/edit'][href^='/t/']").Length() != 0 {
			t.Error("the discussion offers to edit what it cannot")
		}
		id := strings.Split(strings.TrimPrefix(talk, "/t/"), "/")[0]
		mona.get("/t/" + id + "/edit").to(at + "/edit")
	})
}
