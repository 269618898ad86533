package chart_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"plenary/pkg/chart"
)

var update = flag.Bool("update", false, "write the golden files again")

// drawing is a picture of any kind.
type drawing interface {
	SVG(f chart.Frame) string
}

func frame(name string) chart.Frame {
	return chart.Frame{ID: name, Title: "What shall we plant?", Desc: "Rye wins with 12 of 23 votes.", Note: "Closed on 3 March."}
}

func bars() chart.Bars {
	return chart.Bars{Rows: []chart.Bar{
		{Label: "Rye", Value: "12 · 52%", Size: 12, Win: true, Word: "wins"},
		{Label: "Oats, barley and whatever else grows on a slope that faces north all the year", Value: "7 · 30%", Size: 7},
		{Label: "Spelt", Value: "7 · 30%", Size: 7, Word: "tied"}, {Label: "شعير", Value: "0 · 0%"}}, Most: 23, Mark: &chart.Mark{At: 11.5, Label: "half of the votes"}}
}

func proposal() chart.Stacks {
	return chart.Stacks{Keys: []chart.Key{{Label: "Agree", Tone: "agree"}, {Label: "Disagree", Tone: "disagree"}, {Label: "Block", Tone: "block"}, {Label: "Abstain", Tone: "abstain"}},
		Rows: []chart.Stack{{Parts: []float64{17, 3, 1, 4}, Texts: []string{"17 · 68%", "3 · 12%", "1 · 4%", "4 · 16%"}}}, Mark: &chart.Mark{At: 14, Label: "two thirds of those who took a side"}}
}

func grades() chart.Stacks {
	keys := []chart.Key{{Label: "Excellent"}, {Label: "Very good"}, {Label: "Good"}, {Label: "Acceptable"}, {Label: "Poor"}, {Label: "To reject"}}
	texts := []string{"5", "4", "3", "2", "1", "8"}
	return chart.Stacks{Keys: keys, Mark: &chart.Mark{At: 11.5, Label: "half of the votes"}, Rows: []chart.Stack{
		{Label: "Rye", Value: "Good", Parts: []float64{5, 4, 3, 2, 1, 8}, Texts: texts, Win: true},
		{Label: "Oats, barley and whatever else grows on a slope", Value: "Acceptable", Parts: []float64{1, 1, 2, 8, 8, 3}},
		{Label: "Spelt", Value: "To reject", Parts: []float64{0, 0, 0, 0, 0, 23}}}}
}

func rounds() chart.Rounds {
	return chart.Rounds{Options: []string{"Solar roof", "Fibre networks", "Community garden", "A bakery that opens at five"}, Exhausted: "no further choice",
		Ends: map[chart.NodeState]string{chart.Elected: "elected", chart.LeftOut: "left out"},
		Columns: []chart.Column{
			{Title: "Round 1", Quota: 31, QuotaText: "31 elect", Nodes: []chart.Node{{Option: 0, Size: 22, Value: "22"}, {Option: 1, Size: 12, Value: "12", State: chart.LeftOut}, {Option: 2, Size: 17, Value: "17"}, {Option: 3, Size: 13, Value: "13"}}},
			{Title: "Round 2", Quota: 31, QuotaText: "31 elect", Moved: []chart.Flow{{From: 1, To: 0, Size: 5}, {From: 1, To: 2, Size: 4}, {From: 1, To: -1, Size: 3}},
				Nodes: []chart.Node{{Option: 0, Size: 27, Value: "27"}, {Option: 2, Size: 21, Value: "21"}, {Option: 3, Size: 13, Value: "13", State: chart.LeftOut}}, Exhausted: chart.Node{Size: 3, Value: "3"}},
			{Title: "Round 3", Quota: 31, QuotaText: "31 elect", Moved: []chart.Flow{{From: 3, To: 0, Size: 8}, {From: 3, To: 2, Size: 2}, {From: 3, To: -1, Size: 3}},
				Nodes: []chart.Node{{Option: 0, Size: 35, Value: "35", State: chart.Elected}, {Option: 2, Size: 23, Value: "23"}}, Exhausted: chart.Node{Size: 6, Value: "6"}}}}
}

func matrix() chart.Matrix {
	return chart.Matrix{Names: []string{"Solar roof", "Community garden", "A bakery that opens at five every morning"}, Key: map[chart.Bout]string{chart.Won: "won", chart.Lost: "lost", chart.Even: "even"},
		Cells: [][]chart.Duel{{{}, {Text: "31 : 28", Bout: chart.Won}, {Text: "40 : 19", Bout: chart.Won}}, {{Text: "28 : 31", Bout: chart.Lost}, {}, {Text: "29 : 29"}}, {{Text: "19 : 40", Bout: chart.Lost}, {Text: "29 : 29"}, {}}}}
}

func grid() chart.Grid {
	yes, maybe, no := chart.Answer{Text: chart.Yes, Heat: 100}, chart.Answer{Text: chart.IfNeeds, Heat: 45, Maybe: true}, chart.Answer{Text: chart.No}
	return chart.Grid{Days: []chart.Day{{Title: "Friday 5 March", Slots: 2}, {Title: "Saturday 6 March", Slots: 1}}, Slots: []chart.Slot{{Label: "18:00"}, {Label: "19:30", Best: true}, {Label: "10:00"}},
		Rows:   []chart.GridRow{{Label: "Amina Okafor", Cells: []chart.Answer{yes, yes, no}}, {Label: "Bram de Wit-Oosterhout van Dam", Cells: []chart.Answer{no, maybe, yes}}, {Label: "فادي حداد", Cells: []chart.Answer{maybe, yes, {}}}},
		Totals: []string{"3", "5", "2"}, Total: "Points", Best: "best"}
}

// many is as large as a poll can get.
func many() map[string]drawing {
	var b chart.Bars
	var s chart.Stacks
	var m chart.Matrix
	r := rounds()
	r.Options, r.Columns = nil, nil
	r.Others = func(n int) string { return fmt.Sprint(n, " others") }
	s.Keys = grades().Keys
	long := strings.Repeat("Everything everywhere ", 40)
	for i := range 600 {
		b.Rows = append(b.Rows, chart.Bar{Label: long, Value: "1234567890.123456789", Size: float64(i)})
		s.Rows = append(s.Rows, chart.Stack{Label: long, Parts: []float64{1, 2, 3, 4, 5, float64(i)}})
		m.Names = append(m.Names, long)
		m.Cells = append(m.Cells, make([]chart.Duel, 600))
		r.Options = append(r.Options, long)
	}
	for i := range 599 {
		var col chart.Column
		for j := range 600 - i {
			col.Nodes = append(col.Nodes, chart.Node{Option: j, Size: float64(1 + j)})
		}
		if i > 0 {
			col.Moved = []chart.Flow{{From: 600 - i, To: 0, Size: 1}}
		}
		r.Columns = append(r.Columns, col)
	}
	g := chart.Grid{}
	for range 600 {
		g.Days = append(g.Days, chart.Day{Title: long, Slots: 1})
		g.Slots = append(g.Slots, chart.Slot{Label: long})
		g.Rows = append(g.Rows, chart.GridRow{Label: long, Cells: make([]chart.Answer, 600)})
	}
	return map[string]drawing{"bars": b, "stacks": s, "rounds": r, "matrix": m, "grid": g}
}

func all() map[string]drawing {
	return map[string]drawing{"bars": bars(), "proposal": proposal(), "grades": grades(), "rounds": rounds(), "matrix": matrix(), "grid": grid(),
		"below-zero": chart.Bars{Rows: []chart.Bar{{Label: "Rye", Value: "9", Size: 9, Win: true, Word: "wins"}, {Label: "Oats", Value: "-4", Size: -4}}}}
}

func TestPicturesLookAsTheyDidBefore(t *testing.T) {
	t.Parallel()
	for name, d := range all() {
		page := frame(name)
		file, mirrored := page, page
		file.File, mirrored.RTL = true, true
		compare(t, name+".svg", d.SVG(page))
		compare(t, name+"-file.svg", d.SVG(file))
		compare(t, name+"-rtl.svg", d.SVG(mirrored))
	}
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	got = strings.ReplaceAll(got, "><", ">\n<")
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (write it with -update)", err)
	}
	if string(want) != got {
		t.Errorf("%s is drawn otherwise; look at it, then run with -update", name)
	}
}

func TestPicturesAreSoundAndHarmless(t *testing.T) {
	t.Parallel()
	hostile := "</title><script>alert(1)</script>\x00\" onload='x' ]]> & <!--"
	evil := chart.Frame{ID: `x"y`, Title: hostile, Desc: hostile, Note: hostile}
	evilFile := evil
	evilFile.File = true
	drawings := all()
	drawings["hostile bars"] = chart.Bars{Rows: []chart.Bar{{Label: hostile, Value: hostile, Size: 1, Word: hostile}}, Mark: &chart.Mark{At: 1, Label: hostile}}
	drawings["hostile grid"] = chart.Grid{Days: []chart.Day{{Title: hostile, Slots: 1}}, Slots: []chart.Slot{{Label: hostile, Best: true}}, Rows: []chart.GridRow{{Label: hostile, Cells: []chart.Answer{{Text: hostile}}}}, Best: hostile}
	drawings["hostile matrix"] = chart.Matrix{Names: []string{hostile, hostile}, Cells: [][]chart.Duel{{{}, {Text: hostile}}, {{Text: hostile}, {}}}, Key: map[chart.Bout]string{chart.Won: hostile}}
	drawings["nothing, bars"], drawings["nothing, stacks"], drawings["nothing, rounds"] = chart.Bars{}, chart.Stacks{}, chart.Rounds{}
	drawings["nothing, matrix"], drawings["nothing, grid"] = chart.Matrix{}, chart.Grid{}
	for name, d := range drawings {
		for _, f := range []chart.Frame{frame("p"), evil, evilFile} {
			checkSound(t, name, d.SVG(f))
		}
	}
}

func checkSound(t *testing.T, name, svg string) {
	t.Helper()
	ids, used := map[string]bool{}, map[string]bool{}
	reference := regexp.MustCompile(`url\(#([^)]*)\)`)
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v in %s", name, err, svg)
		}
		e, is := token.(xml.StartElement)
		if !is {
			continue
		}
		if e.Name.Local == "script" || e.Name.Local == "style" || e.Name.Local == "foreignObject" {
			t.Errorf("%s holds <%s>", name, e.Name.Local)
		}
		for _, a := range e.Attr {
			if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
				t.Errorf("%s: <%s %s=%q>", name, e.Name.Local, a.Name.Local, a.Value)
			}
			if a.Name.Local == "id" {
				if ids[a.Value] {
					t.Errorf("%s: the id %q stands twice", name, a.Value)
				}
				ids[a.Value] = true
			}
			for _, hit := range reference.FindAllStringSubmatch(a.Value, -1) {
				used[hit[1]] = true
			}
		}
	}
	for id := range used {
		if !ids[id] {
			t.Errorf("%s: nothing has the id %q", name, id)
		}
	}
}

func TestTheLargestPollStillHasASmallPicture(t *testing.T) {
	t.Parallel()
	const most = 1 << 20 // bytes
	for name, d := range many() {
		svg := d.SVG(frame("p"))
		checkSound(t, name, svg)
		if len(svg) > most {
			t.Errorf("%s takes %d bytes", name, len(svg))
		}
	}
}

func TestTextIsCutBetweenLettersAndSaidWholeInATitle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"Rye", 3, "Rye"}, {"Rye bread", 5, "Rye…"}, {"Rye bread", 4, "Rye…"}, {"大麦と小麦", 6, "大麦…"}, {"  much \n space ", 20, "much space"},
	} {
		if got := chart.Cut(c.text, c.most); got != c.want {
			t.Errorf("%q cut to %d is %q, want %q", c.text, c.most, got, c.want)
		}
	}
	if svg := bars().SVG(frame("p")); !strings.Contains(svg, "<title>"+bars().Rows[1].Label+", 7 · 30%</title>") {
		t.Error("the long label is nowhere whole")
	}
}

func TestTheStyleSheetKnowsEveryPaint(t *testing.T) {
	t.Parallel()
	sheet, err := os.ReadFile(filepath.Join("..", "..", "static", "css", "chart.css"))
	if err != nil {
		t.Fatal(err)
	}
	for _, class := range chart.Paints() {
		if !regexp.MustCompile(`\.` + class + `\b`).Match(sheet) {
			t.Errorf("chart.css says nothing of .%s", class)
		}
	}
}

func TestABarIsAsLongAsItsSize(t *testing.T) {
	t.Parallel()
	svg := chart.Bars{Rows: []chart.Bar{{Label: "A", Size: 50}, {Label: "B", Size: 25}}, Most: 100}.SVG(frame("p"))
	for _, width := range []string{`width="32%"`, `width="16%"`} {
		if !strings.Contains(svg, width) {
			t.Errorf("no bar has %s in %s", width, svg)
		}
	}
}
