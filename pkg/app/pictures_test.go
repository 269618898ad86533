package app_test

import (
	"fmt"
	"testing"

	"plenary/pkg/testkit/browser"
)

// The pictures of the guide are taken from the made-up assembly:
//
//	PLENARY_TEST_SHOTS=$PWD/docs/pictures go test -tags sqlite_fts5 ./pkg/app -run TestPicturesOfTheGuide
func TestPicturesOfTheGuide(t *testing.T) {
	f := madeUp(t)
	member, convenor := f.browse(aMember, "/"), f.browse(aModerator, "/")
	for _, p := range []struct {
		name, path    string
		width, height int64
		from          string // what stands at the top of the picture
	}{
		{"thread", f.threadWithThemes(), 1100, 760, "body"}, {"themes", "/t/4/themes", 1100, 760, "body"},
		{"programme", "/e/1", 1100, 760, ".pdays"}, {"builder", "/e/1/edit", 1100, 760, "body"},
		{"poll", "/p/1", 1100, 760, ".participation"}, {"phone", "/p/3", 375, 760, "body"},
	} {
		tab := member
		if p.name == "builder" {
			tab = convenor
		}
		tab.Size(p.width, p.height)
		tab.Open(f.URL + p.path)
		if got := browser.Eval[int](tab, `document.querySelectorAll("h1").length`); got != 1 {
			t.Errorf("%s is no page to show", p.path)
		}
		browser.Eval[bool](tab, fmt.Sprintf("(document.querySelector(%q).scrollIntoView(), true)", p.from))
		tab.View(p.name)
	}
}
