package web

import (
	"fmt"
	"strings"
	"testing"

	"plenary/pkg/poll"
	"plenary/pkg/tally"
)

func TestAnOptionHasAPictureWithoutAScript(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		thread := h.thread("ada", "cellar", "One").ID
		path := fmt.Sprintf("/t/%d/polls", thread)
		ada, cleo := h.browser("ada"), h.browser("cleo")
		if form := ada.get(path + "/new?method=choice").page.Find("#poll-form[enctype='multipart/form-data'] input[type=file][name='picture_file.1']"); form.Length() != 1 {
			t.Fatal("the form has no field for a picture")
		}
		fields := []string{"method", "choice", "min", "1", "max", "1", "option", "The mill", "option", "The hall", "closes_at", "2031-07-01T18:00"}

		// What is no picture is said, and the rest kept.
		unfit := ada.sendFile(path, "picture_file.0", []byte("plain words"), append(fields, "title", "Where?")...).status(422)
		unfit.has("me.png").has("cannot be used")
		if kept := unfit.page.Find("input[name=option]").First().AttrOr("value", ""); kept != "The mill" {
			t.Errorf("the option came back as %q", kept)
		}

		// A form that is refused for something else comes back with the picture.
		refused := ada.sendFile(path, "picture_file.1", picture(t), append(fields, "title", "")...).status(422)
		file := refused.page.Find("input[name=picture]").Eq(1).AttrOr("value", "")
		shown := refused.page.Find(".picture-kept img")
		if file == "" || shown.Length() != 1 || shown.AttrOr("src", "") != "/files/"+file {
			t.Fatalf("the picture was not kept: %q, %d", file, shown.Length())
		}
		ada.get("/files/" + file).status(200)
		with := append(fields, "title", "Where?", "picture", "", "picture", file, "picture_alt", "", "picture_alt", "A hall with a lamp")
		cleo.post(path, with...).status(422).has("add it again") // it is Ada's

		// The ballot shows it to whoever may see the poll, and to nobody else.
		ada.post(path, with...).status(303)
		list, err := h.site.Polls.OfThread(t.Context(), h.actor("ada"), thread)
		h.must(err)
		at := fmt.Sprintf("/p/%d", list[0].ID)
		img := cleo.get(at).status(200).page.Find(".ballot .option-picture img")
		if img.Length() != 1 || img.AttrOr("alt", "") != "A hall with a lamp" || img.AttrOr("loading", "") != "lazy" || img.AttrOr("width", "") == "" {
			t.Errorf("the ballot shows %d pictures", img.Length())
		}
		src := img.AttrOr("src", "")
		if src != at+"/pictures/"+file {
			t.Fatalf("the picture is at %q", src)
		}
		cleo.get(src).status(200)
		h.browser("stan").get(src).status(404)
		h.browser("").get(src).status(404)
		cleo.get("/files/" + file).status(404)
		ada.get("/p/999/pictures/" + file).status(404)

		// It is in the form that edits the poll, can be taken away there, and replaced.
		edit := ada.get(at + "/edit").status(200)
		if edit.page.Find(".picture-kept img[src='"+src+"']").Length() != 1 || edit.page.Find("input[name=picture_alt]").Eq(1).AttrOr("value", "") == "" {
			t.Error("the form to edit lacks the picture")
		}
		if again := ada.post(at+"/edit", append(with, "drop_picture", "1")...).status(200); again.page.Find(".picture-kept").Length() != 0 {
			t.Error("the picture is still there")
		}
		ada.sendFile(at+"/edit", "picture_file.1", picture(t), with...).to(at)
		if now := cleo.get(at).page.Find(".option-picture img").AttrOr("src", ""); now == src || !strings.HasPrefix(now, at+"/pictures/") {
			t.Errorf("after the change the picture is %q", now)
		}
	})
}

func TestAVotersOptionHasAPictureToo(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		p := h.asked(h.thread("ada", "harbour", "One").ID, tally.Choice, func(in *poll.NewPoll) { in.OptionsBy = poll.ByVoters })
		at := fmt.Sprintf("/p/%d", p.ID)
		ben := h.browser("ben")
		refused := ben.sendFile(at+"/options", "picture_file.0", picture(t), "option", "").status(422)
		file := refused.page.Find("#add input[name=picture]").AttrOr("value", "")
		if file == "" || refused.page.Find("#add .picture-kept img").AttrOr("src", "") != at+"/pictures/"+file {
			t.Fatal("the picture was not kept")
		}
		if without := ben.post(at+"/options", "option", "The quay", "picture", file, "drop_picture", "0").status(200); without.page.Find("#add[open] .picture-kept").Length() != 0 ||
			without.page.Find("#add input[name=option]").AttrOr("value", "") != "The quay" {
			t.Error("the picture is still there, or the text is gone")
		}
		ben.post(at+"/options", "option", "The quay", "picture", file, "picture_alt", "A crane").to(at)
		if alt := h.browser("cleo").get(at).page.Find(".option-picture img").AttrOr("alt", ""); alt != "A crane" {
			t.Errorf("the picture says %q", alt)
		}
	})
}
