package ballotfile_test

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/ballotfile"
	"plenary/pkg/tally"
)

const blank = tally.NoScore

func ranked(weight int64, levels ...[]int) tally.Ballot {
	return tally.Ballot{Ranks: levels, Weight: weight}
}

// files are texts in each format with what they say.
var files = []struct {
	name, text string
	want       ballotfile.File
}{
	{"BLT", `# a board
4 2 # options, seats
-2
(first one) 3 1 3 4 0
4 1=3 - 2 0 # equal ones
5 0
0
"Ana # \"the\" first"
"Bo" "Čeněk"
"D"
"Board"
`, ballotfile.File{Title: "Board", Seats: 2, Options: []string{`Ana # "the" first`, "Bo", "Čeněk", "D"}, Withdrawn: []int{1}, Form: tally.Ranking,
		Ballots: []tally.Ballot{ranked(3, []int{0}, []int{2}, []int{3}), ranked(4, []int{0, 2}, []int{1}), ranked(5)}}},
	{"BLT with what other programs add", `4 2 -4 [nick ana bo ceda d] [tie 2 1 3 4]
/* ballots of
   Tuesday */ 2 ana (bo 3) 0 1 - - 2 0
(17) 3 ana=3 0
0
Ana Lee
"Bo"
Ceda "D" "Board" "by hand" "no remarks"
`, ballotfile.File{Title: "Board", Seats: 2, Options: []string{"Ana Lee", "Bo", "Ceda", "D"}, Withdrawn: []int{3}, Form: tally.Ranking,
		Ballots: []tally.Ballot{ranked(2, []int{0}, []int{1, 2}), ranked(1, []int{1}), ranked(3, []int{0, 2})}}},
	{"BLT in one line", `2 1 3 1 2 0 1 2 0 0 "A" "B" "T"`, ballotfile.File{Title: "T", Seats: 1, Options: []string{"A", "B"}, Form: tally.Ranking,
		Ballots: []tally.Ballot{ranked(3, []int{0}, []int{1}), ranked(1, []int{1})}}},
	{"a table of choices by rank", "Cast Vote Record,Precinct,\"Mayor, 2nd Choice\",\"Mayor, 1st Choice\"\n1,P,Bo,Ana\n2,P,undervote,\n3,P,write-in,skipped\n",
		ballotfile.File{Options: []string{"Ana", "Bo", "write-in"}, Form: tally.Ranking,
			Ballots: []tally.Ballot{ranked(1, []int{0}, []int{1}), ranked(1), ranked(1, []int{2})}}},
	{"a table of choices with weights", "rank1,rank2,weight\nBo,Ana,3\n", ballotfile.File{Options: []string{"Ana", "Bo"}, Form: tally.Ranking,
		Ballots: []tally.Ballot{ranked(3, []int{1}, []int{0})}}},
	{"ABIF with asterisks", "27*A>B\n3 * B\n", ballotfile.File{Options: []string{"A", "B"}, Form: tally.Ranking,
		Ballots: []tally.Ballot{ranked(27, []int{0}, []int{1}), ranked(3, []int{1})}}},
	{"CSV of a spreadsheet with semicolons", "\"receipt\";votes;Soup;\"Bread; cheese\"\nAB;1;x;x\n", ballotfile.File{Options: []string{"Soup", "Bread; cheese"}, Form: tally.Marks,
		Ballots: []tally.Ballot{{Choices: []int{0, 1}, Weight: 1}}, Receipts: []string{"AB"}}},
	{"BLT without title or ballots", "1 1\n0\n\"A\"\n", ballotfile.File{Seats: 1, Options: []string{"A"}, Form: tally.Ranking}},
	{"ABIF with ranks", `# lunch
{"title": "Lunch", "version": "0.1"}
=S:[Soup of the day]
=B:Bread
27:S>B>C
24: B = C > S   # equal ones
[Soup of the day]
3:
`, ballotfile.File{Title: "Lunch", Options: []string{"Soup of the day", "Bread", "C"}, Form: tally.Ranking,
		Ballots: []tally.Ballot{ranked(27, []int{0}, []int{1}, []int{2}), ranked(24, []int{1, 2}, []int{0}), ranked(1, []int{0}), ranked(3)}}},
	{"ABIF with scores", "2:A/5,B/0\n1:\"B b\"/3, A / 1\n", ballotfile.File{Options: []string{"A", "B", "B b"}, Form: tally.Scores,
		Ballots: []tally.Ballot{{Scores: []int{5, 0, blank}, Weight: 2}, {Scores: []int{1, blank, 3}, Weight: 1}}}},
	{"ABIF with both", "2:A/5>B/5=C/0\n", ballotfile.File{Options: []string{"A", "B", "C"}, Form: tally.Scores,
		Ballots: []tally.Ballot{{Scores: []int{5, 5, 0}, Ranks: [][]int{{0}, {1, 2}}, Weight: 2}}}},
	{"CSV with choices", "receipt,votes,Soup,\"Bread, cheese\"\nAB,1,x,x\n,3,,\n", ballotfile.File{Options: []string{"Soup", "Bread, cheese"}, Form: tally.Marks,
		Ballots: []tally.Ballot{{Choices: []int{0, 1}, Weight: 1}, {Weight: 3}}, Receipts: []string{"AB", ""}}},
	{"CSV with ranks", "receipt,votes:ranks,A,B,C\nx,1,2,1,2\ny,1,,1,\nz,1,,,\nq,1,3,1,2\n", ballotfile.File{Options: []string{"A", "B", "C"}, Form: tally.Ranking,
		Ballots:  []tally.Ballot{ranked(1, []int{1}, []int{0, 2}), ranked(1, []int{1}), ranked(1), ranked(1, []int{1}, []int{2}, []int{0})},
		Receipts: []string{"x", "y", "z", "q"}}},
	{"CSV with scores", "receipt,votes:scores,'=1+1,''B\nx,1,-5,\n", ballotfile.File{Options: []string{"=1+1", "'B"}, Form: tally.Scores,
		Ballots: []tally.Ballot{{Scores: []int{-5, blank}, Weight: 1}}, Receipts: []string{"x"}}},
}

func TestEachFormatIsReadForWhatItIs(t *testing.T) {
	t.Parallel()
	for _, tc := range files {
		for ends, text := range map[string]string{"\\n": tc.text, "\\r\\n": "\ufeff" + strings.ReplaceAll(tc.text, "\n", "\r\n"),
			"\\r": strings.ReplaceAll(tc.text, "\n", "\r")} {
			got, err := ballotfile.Read([]byte(text))
			if err != nil {
				t.Errorf("%s with %s: %v", tc.name, ends, err)
			} else if diff := cmp.Diff(tc.want, plainly(got)); diff != "" {
				t.Errorf("%s with %s (-want +got):\n%s", tc.name, ends, diff)
			}
		}
	}
}

func TestOtherEncodingsAreRead(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"UTF-8":        "1:\"Größe\">B\n",
		"Windows-1252": "1:\"Gr\xf6\xdfe\">B\n",
		"UTF-16":       "\xff\xfe1\x00:\x00\"\x00G\x00r\x00\xf6\x00\xdf\x00e\x00\"\x00>\x00B\x00",
	} {
		if got, err := ballotfile.Read([]byte(text)); err != nil || !slices.Equal(got.Options, []string{"Größe", "B"}) {
			t.Errorf("%s: %v %v", name, got.Options, err)
		}
	}
}

// plainly makes nothing of the difference between no levels and no list of them.
func plainly(f ballotfile.File) ballotfile.File {
	for i := range f.Ballots {
		if len(f.Ballots[i].Ranks) == 0 {
			f.Ballots[i].Ranks = nil
		}
	}
	return f
}

func TestWhatCannotBeReadIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                     "empty",
		"# only this\n":                        "empty",
		"hello\n":                              "neither",
		"\x00\x01":                             "not text",
		"0 1\n0\n":                             "line 1: the number of options",
		"2 0\n":                                "line 1: the number of seats",
		"99999999999999999999 1\n":             "line 1",
		"2 1\n-3\n0\n":                         "line 2: a withdrawn option",
		"2 1\n1 3 0\n0\n":                      "line 2: a ballot names options",
		"2 1\n1 1 1 0\n0\n":                    "line 2: a ballot names option 1 twice",
		"2 1\n1 1=1 0\n0\n":                    "line 2: a ballot names option 1 twice",
		"2 1\n1.5 1 0\n0\n":                    "line 2: the weight of a ballot",
		"2 1\n1000000001 1 0\n0\n":             "line 2: the weight of a ballot",
		"2 1\n[lucky 1 2]\n0\n":                "line 2: only [nick",
		"2 1\n[nick a a]\n0\n":                 "line 2: [nick",
		"2 1\n[nick a b c]\n0\n":               "line 2: [nick",
		"2 1\n[nick 7 b]\n0\n":                 "line 2: [nick",
		"2 1\n[tie 1 2\n0\n":                   "ends too soon: a bracket",
		"2 1\n[nick a b]\n1 c 0\n":             "line 3: a ballot names options",
		"2 1\n1 (1 2 0\n":                      "ends too soon: a parenthesis",
		"2 1\n1 (1 1) 0\n":                     "line 2: a ballot names option 1 twice",
		"2 1\n/* 1\n1 1 0\n":                   "line 2: a comment does not end",
		"2 1\n0\n\"A\"\n\"B\"\n=tie 1 2 0\n":   "line 5: only the title",
		"2 1\n0 1 2 0\n\"A\" \"B\"\n":          "line 2: a name is needed",
		"2 1\n0\nAna\nAna\n":                   "line 4: two options are called",
		"2 1\n1 1":                             "ends too soon",
		"2 1\n(no end":                         "ends too soon",
		"2 1\n0\n\"A\"":                        "ends too soon",
		"2 1\n0\n\"A\n":                        "line 3: a quotation mark",
		"2 1\n0\n\"A\" \"A\"\n":                "line 3: two options are called",
		"1 1\n0\n\"A\"\n\"T\"\n\"x\" \"y\"\n5": "line 6: nothing is expected",
		"=A:[A\n":                              "line 1: a name in brackets",
		"=A\n":                                 "line 1: a short name",
		"=A:B C\n":                             "line 1: nothing is expected",
		"=A:B\n=A:C\n":                         "line 2: this short name",
		"{oops\n":                              "line 1: the facts",
		"1:A>A\n":                              "line 1: an option is named twice",
		"=A:B\n1:A>B\n":                        "line 2: an option is named twice",
		"1:A>\n":                               "line 1: options are parted",
		"1:A;B\n":                              "line 1",
		"1:A B\n":                              "line 1: options are parted",
		"0:A\n":                                "line 1: the number of ballots",
		"1:A/5>B\n":                            "some have none",
		"1:A/1.5,B/1\n":                        "line 1: options are parted",
		"1:A/x\n":                              "line 1: a score",
		"1:A/-1\n":                             "line 1: a score",
		"2:\n":                                 "no options",
		"id,rank1,rank3\n":                     "line 1: the columns of choices",
		"id,rank1,rank1\n":                     "line 1: the columns of choices",
		"id,1st Choice\n1,overvote\n":          "line 2: rank 1 holds several",
		"id,rank1,rank2\n1,A,A\n":              "line 2: a ballot names",
		"id,rank1\n1,undervote\n":              "no ballot names an option",
		"id,rank1\n1,A,B\n":                    "line 2",
		"weight,rank1\n0,A\n":                  "line 2: votes are from",
		"id,Ana,Bo\n1,2,1\n":                   "whose first column is called receipt",
		"receipt,votes\n":                      "line 1: the columns",
		"receipt,voices,A\n":                   "line 1: the columns",
		"receipt,votes,A,A\n":                  "two options are called",
		"receipt,votes,A\nx,1,y\n":             "line 2: a cell is x",
		"receipt,votes,A\nx,0,x\n":             "line 2: votes are from",
		"receipt,votes,A\nx,1\n":               "line 2",
		"receipt,votes:ranks,A\nx,1,2\n":       "line 2: a rank is",
		"receipt,votes:ranks,A,B\nx,1,2,\n":    "line 2: rank 1 is left out",
		"receipt,votes:scores,A\nx,1,NaN\n":    "line 2: a score",
		"receipt,votes:scores,A\nx,1,99999999999\n": "line 2: a score",
	} {
		f, err := ballotfile.Read([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is read as %+v with %v, want %q", text, f, err, want)
		}
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	t.Parallel()
	for _, tc := range files {
		if tc.want.Form == tally.Ranking {
			again(t, tc.name+" as BLT", tc.want, ballotfile.WriteBLT, func(f *ballotfile.File) { f.Receipts, f.Seats = nil, max(1, f.Seats) })
		}
		again(t, tc.name+" as CSV", tc.want, ballotfile.WriteCSV, func(f *ballotfile.File) {
			f.Title, f.Seats, f.Withdrawn = "", 0, nil // which a table does not say
			if len(f.Ballots) > 0 && f.Receipts == nil {
				f.Receipts = make([]string, len(f.Ballots))
			}
			for i := range f.Ballots {
				if f.Form == tally.Scores {
					f.Ballots[i].Ranks = nil
				}
			}
		})
	}
	if err := ballotfile.WriteBLT(&bytes.Buffer{}, ballotfile.File{Form: tally.Scores}); err == nil {
		t.Error("scores were written as BLT")
	}
}

func again(t *testing.T, name string, f ballotfile.File, write func(w io.Writer, f ballotfile.File) error, less func(*ballotfile.File)) {
	t.Helper()
	f.Ballots = slices.Clone(f.Ballots)
	var out bytes.Buffer
	if err := write(&out, f); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	got, err := ballotfile.Read(out.Bytes())
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out.String())
	}
	less(&f)
	if diff := cmp.Diff(f, plainly(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestAFileBecomesACaseThatTallyCounts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text   string
		method tally.Method
		usual  tally.Method
		want   string
	}{
		{"receipt,votes,A,B\n,1,x,\n,2,x,x\n", tally.Approval, tally.Approval, `{"ballot_type":"approval","ballots":[[1,[0]],[2,[0,1]]],"candidates":["A","B"],"seats":1}`},
		{"3 2\n-3\n4 1=2 3 0\n2 0\n0\n\"A\" \"B\" \"C\" \"T\"", tally.STVScottish, tally.STVScottish,
			`{"ballot_type":"ranked","ballots":[[4,[[0,1],2]],[2,[]]],"candidates":["A","B","C"],"seats":2,"title":"T","withdrawn":[2]}`},
		{"1:A>B\n", tally.Schulze, tally.InstantRunoff, `{"ballot_type":"ranked","ballots":[[1,[0,1]]],"candidates":["A","B"],"seats":1}`},
		{"1:A/5,B/0\n1:C/2\n", tally.STAR, tally.Score, `{"ballot_type":"score","ballots":[[1,[5,0,null]],[1,[null,null,2]]],"candidates":["A","B","C"],"seats":1}`},
	} {
		f, err := ballotfile.Read([]byte(tc.text))
		if err != nil {
			t.Fatal(err)
		}
		if f.Usual() != tc.usual {
			t.Errorf("%q is counted by %s, want %s", tc.text, f.Usual(), tc.usual)
		}
		data, err := f.Case("x", tc.method)
		if err != nil {
			t.Fatal(err)
		}
		got, want := map[string]any{}, map[string]any{"format": "tally-case/1", "id": "x", "method": string(tc.method), "title": "", "withdrawn": []any{}}
		if json.Unmarshal(data, &got) != nil || json.Unmarshal([]byte(tc.want), &want) != nil {
			t.Fatal(string(data))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tc.text, diff)
		}
	}
}

// What was read can be written, and says the same then.
func FuzzRead(f *testing.F) {
	for _, tc := range files {
		f.Add([]byte(tc.text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ballotfile.Read(data)
		if err != nil || slices.ContainsFunc(append(file.Options, file.Title), func(label string) bool { return strings.ContainsAny(label, "\r\n") }) {
			return // a line has to stay one
		}
		writtenTwice(t, file, ballotfile.WriteCSV)
		if file.Form == tally.Ranking {
			writtenTwice(t, file, ballotfile.WriteBLT)
		}
	})
}

func writtenTwice(t *testing.T, file ballotfile.File, write func(w io.Writer, f ballotfile.File) error) {
	t.Helper()
	var first, second bytes.Buffer
	if err := write(&first, file); err != nil {
		t.Fatal(err)
	}
	again, err := ballotfile.Read(first.Bytes())
	if err != nil {
		t.Fatalf("%+v was read, and written so that it cannot be read: %v\n%s", file, err, first.String())
	}
	if err := write(&second, again); err != nil || first.String() != second.String() {
		t.Fatalf("%+v is written as\n%s and then (%v) as\n%s", file, first.String(), err, second.String())
	}
}
