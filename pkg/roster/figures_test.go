package roster_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/errs"
	"plenary/pkg/roster"
)

func TestAListOfFiguresIsReadAsPeopleHaveIt(t *testing.T) {
	t.Parallel()
	list := "Member,Votes\n@Ana, 3\nben@Example.org;4\n\n\"cleo\"\t12\ndan\neve,many\n,5\nflo,1,2\ngus,-1\nhal,99999999999999999999\nida,NaN\njan,2.5"
	got, err := roster.Figures(list)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, f := range got {
		said = append(said, strings.Join([]string{f.Who, itoa(f.Value), itoa(int64(f.Line)), f.Problem.Code}, "|"))
	}
	want := []string{"ana|3|2|", "ben@example.org|4|3|", "cleo|12|5|", "dan|0|6|roster.no_figure", "eve|0|7|roster.no_number", "|0|8|roster.nobody",
		"flo|0|9|roster.many_cells", "gus|-1|10|", "hal|0|11|roster.no_number", "ida|0|12|roster.no_number", "jan|0|13|roster.no_number"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAListOfFiguresHasAtLeastOneLineAndNotTooMany(t *testing.T) {
	t.Parallel()
	for list, code := range map[string]string{"": "roster.no_lines", " \n;;\n": "roster.no_lines", strings.Repeat("ana,1\n", roster.Most+1): "roster.too_many"} {
		_, err := roster.Figures(list)
		e, ok := errors.AsType[*errs.Error](err)
		if !ok || e.Fields["list"].Code != code {
			t.Errorf("%.20q: got %v, want %s", list, err, code)
		}
	}
	if all, err := roster.Figures(strings.Repeat("ana,1\n", roster.Most)); err != nil || len(all) != roster.Most {
		t.Errorf("%d lines are read, %v", len(all), err)
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
