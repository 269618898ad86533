package app_test

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floor says how high each package stands: it may import what stands lower, and
// on the floors that are a chain, what stands to its left.
var floors = map[string]int{
	"templates": 0, "static": 0,
	"pkg/errs": 0, "pkg/page": 1, "pkg/plain": 1, "pkg/tally": 1, "pkg/markup": 1, "pkg/i18n": 1, "pkg/config": 1, "pkg/mail": 1, "pkg/oidc": 1, "pkg/roster": 2, "pkg/chart": 1, "pkg/calendar": 1, "pkg/beacon": 1, "pkg/likeness": 1, "pkg/beacon/relay": 2, "pkg/ledger": 3, "pkg/ballotfile": 3,
	"pkg/event": 10, "pkg/access": 10, "pkg/blob": 10, "pkg/store": 11, "pkg/renames": 12,
	"pkg/live": 20, "pkg/jobs": 20,
	"pkg/poll/figures": 30, "pkg/poll/keys": 30, "pkg/poll/box": 31, "pkg/person": 30, "pkg/group": 31, "pkg/poll/letters": 32, "pkg/forum": 32, "pkg/poll/proxy": 33, "pkg/poll": 34, "pkg/poll/download": 35, "pkg/poll/template": 35, "pkg/theme": 35, "pkg/programme": 36,
	"pkg/transfer/transcript": 39, "pkg/transfer": 40, "pkg/mydata": 40, "pkg/timeline": 40, "pkg/notify": 41, "pkg/system": 41,
	"pkg/edge": 50, "pkg/web/view": 50, "pkg/api": 51, "pkg/web": 51,
	"pkg/demo": 59, "pkg/app": 60, "cmd/plenary": 70,
}

// Some packages know little on purpose. Each refusal carries its reason.
var refused = []struct{ who, what, why string }{
	{"pkg/tally", "plenary/pkg/store", "counting is pure: it must be repeatable anywhere, without a database"},
	{"cmd/plenary", "github.com/emersion/go-ical", "calendars are written here; reading them back is for tests only"},
	{"pkg/chart", "plenary/pkg/tally", "pictures are drawn of plain figures, so that whatever is counted can have one"},
	{"pkg/tally", "time", "a count must not depend on when it is made"},
	{"pkg/ledger", "plenary/pkg/store", "what is checked anywhere needs no database"},
	{"pkg/ledger", "time", "a record is told when it is made, and checked at any time"},
	{"pkg/ledger", "net/http", "checking needs no network"},
	{"pkg/likeness", "plenary/pkg/store", "comparing texts is pure: the same texts are always as alike"},
	{"pkg/beacon", "time", "a round is checked at any time"},
	{"pkg/ballotfile", "plenary/pkg/store", "files of ballots are read anywhere, without a database"},
	{"pkg/poll/box", "plenary/pkg/person", "nothing leads from a ballot in the box to anybody"},
	{"pkg/poll/box", "time", "nothing tells when a ballot came into the box"},
	{"pkg/poll/letters", "plenary/pkg/forum", "who is written to, and what they want, is the same wherever something happens"},
	{"pkg/poll", "plenary/pkg/poll/template", "a poll knows nothing of what it was begun from"},
	{"pkg/poll", "plenary/pkg/ballotfile", "files are made of what a poll gives to be checked, and hold no more"},
	{"pkg/poll/figures", "plenary/pkg/store", "a count is told alike, wherever it comes from"},
	{"pkg/access", "plenary/pkg/store", "rights are decided on facts; whoever asks brings them"},
	{"pkg/access", "gorm.io/gorm", "rights are decided on facts; whoever asks brings them"},
	{"pkg/live", "plenary/pkg/store", "the hub asks functions, so that it can be tested alone"},
	{"pkg/web/view", "plenary/pkg/store", "pages show plain structs"},
	{"pkg/web/view", "github.com/labstack/echo/v4", "pages know nothing of requests"},
	{"pkg/forum", "github.com/labstack/echo/v4", "the web framework stays at the edge"},
	{"pkg/poll", "github.com/labstack/echo/v4", "the web framework stays at the edge"},
	{"pkg/theme", "github.com/labstack/echo/v4", "the web framework stays at the edge"},
	{"pkg/programme", "github.com/labstack/echo/v4", "the web framework stays at the edge"},
	{"cmd/plenary", "github.com/evanw/esbuild/pkg/api", "the bundler is needed to build, not to run"},
	{"cmd/plenary", "github.com/nats-io/nats-server/v2/server", "the broker in the program is for tests only"},
	{"cmd/plenary", "github.com/chromedp/chromedp", "the browser is for tests only"},
	{"cmd/plenary", "github.com/zitadel/oidc/v3/pkg/op", "the provider in the program is for tests only"},
	{"cmd/plenary", "plenary/pkg/testkit/provider", "what is for tests stays in tests"},
	{"cmd/plenary", "plenary/pkg/testkit", "what is for tests stays in tests"},
}

type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-tags", "sqlite_fts5", "-json=ImportPath,Imports,Deps", "plenary/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p listed
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestImportsGoDownstairs(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, "plenary/")
		if strings.HasPrefix(name, "pkg/testkit") || strings.HasPrefix(name, "static/") {
			continue // for tests and for building; nothing that ships imports them
		}
		own, known := floors[name]
		if !known {
			t.Errorf("%s stands on no floor: give it one here, and say why in docs", name)
			continue
		}
		for _, i := range p.Imports {
			ours, is := strings.CutPrefix(i, "plenary/")
			if !is {
				continue
			}
			if below, known := floors[ours]; !known || below >= own {
				t.Errorf("%s (floor %d) imports %s (floor %d)", name, own, ours, below)
			}
		}
	}
}

func TestSomePackagesKnowLittleOnPurpose(t *testing.T) {
	deps := map[string][]string{}
	imports := map[string][]string{}
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, "plenary/")
		deps[name], imports[name] = p.Deps, p.Imports
	}
	for _, r := range refused {
		list := deps[r.who]
		if !strings.Contains(r.what, "/") {
			list = imports[r.who] // of the standard library only what is named
		}
		if len(list) == 0 {
			t.Errorf("%s is not there", r.who)
		}
		if slices.Contains(list, r.what) {
			t.Errorf("%s reaches %s: %s", r.who, r.what, r.why)
		}
	}
}
