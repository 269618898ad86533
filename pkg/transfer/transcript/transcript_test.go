package transcript

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/pkg/markup"
	"plenary/pkg/testkit"
)

var update = flag.Bool("update", false, "write the golden files anew")

func parseFile(t *testing.T, path string, zone *time.Location) *Thread {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	thread, err := Parse(f, zone)
	if err != nil {
		t.Fatalf("Parse(%s): %v", path, err)
	}
	return thread
}

func TestATranscriptIsReadWhole(t *testing.T) {
	t.Parallel()
	thread := parseFile(t, "testdata/assembly.txt", nil)
	got, err := json.MarshalIndent(thread, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	const golden = "testdata/assembly.json"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("the transcript reads differently (-want +got):\n%s", diff)
	}
}

func TestTheSharedTranscriptGivesItsThread(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "..", "..", "shared", "seed", "cecop-thread.txt")
	if _, err := os.Stat(path); err != nil {
		testkit.Missing(t, "the shared transcript is not here: "+err.Error())
	}
	thread := parseFile(t, path, nil)
	type header struct{ Name, Affiliation, At, Begins string }
	sion := Person{"Sion Whellens", "Principle Six/Calverts"}
	if thread.Author != sion || thread.SeenBy != 119 || thread.Visibility != "public" ||
		thread.Title != "Designing European event (CECOP network general assembly), June, Manchester" ||
		!thread.At.Equal(time.Date(2019, 2, 18, 17, 45, 0, 0, time.UTC)) {
		t.Errorf("head: %q by %v at %v, %s, seen by %d", thread.Title, thread.Author, thread.At, thread.Visibility, thread.SeenBy)
	}
	want := []header{
		{"Graham", "", "20 Feb 12:22", "Getting \"as "},
		{"Graham", "", "20 Feb 12:25", "Being a netw"},
		{"Sion Whellens", "Principle Six/Calverts", "20 Feb 12:25", ""},
		{"Roy Brooks", "", "20 Feb 13:18", "Point Graham"},
		{"Shaun Fensom", "", "22 Feb 18:27", "Three connec"},
		{"Sion Whellens", "Principle Six/Calverts", "25 Feb 13:39", "Suggestion o"},
	}
	var got []header
	for _, c := range thread.Comments {
		if c.Empty != (c.Body == "") {
			t.Errorf("line %d: Empty is %t with the body %q", c.Line, c.Empty, c.Body)
		}
		got = append(got, header{c.Author.Name, c.Author.Affiliation, c.At.Format("2 Jan 15:04"), c.Body[:min(12, len(c.Body))]})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("comments (-want +got):\n%s", diff)
	}
	if items := markup.Items(thread.Comments[4].Body); len(items) != 3 {
		t.Errorf("%d themes in the fifth comment, want 3: %v", len(items), items)
	}
	if items := markup.Items(thread.Body); len(items) != 3 {
		t.Errorf("%d ideas in the context, want 3: %v", len(items), items)
	}
	if len(thread.People) != 4 {
		t.Errorf("people: %v, want 4", thread.People)
	}
}

// sample is a transcript with the given byline and rest.
func sample(rest string) string {
	return "Tue 3 Mar 2020 9:05AM\n\nA title\n\nIM Ines Moreau (Atelier) Public Seen by 48\n\nContext.\n" + rest
}

func TestWhatIsNoTranscriptIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       Error
	}{
		{"empty file", "", Error{0, "the file is empty, expected the text of a thread"}},
		{"only blank lines", "\ufeff\r\n \r\n", Error{0, "the file is empty, expected the text of a thread"}},
		{"something else", "Dear all,\nsee you\n", Error{1, `"Dear all," is not a date, expected one like "Mon 18 Feb 2019 5:45PM"`}},
		{"wrong day of the week", "Mon 3 Mar 2020 9:05AM\n\nT\n", Error{1, `3 Mar 2020 is not a "Mon", expected "Tue"`}},
		{"unknown month", "\nTue 3 Mrz 2020 9:05AM\n\nT\n",
			Error{2, `there is no month "Mrz", expected one of Jan, Feb, Mar, Apr, May, Jun, Jul, Aug, Sep, Oct, Nov, Dec`}},
		{"day that does not exist", "Mon 30 Feb 2020 9:05AM\n\nT\n", Error{1, "Feb 2020 has no day 30, expected a date that exists"}},
		{"impossible time", "Tue 3 Mar 2020 19:65PM\n\nT\n", Error{1, `"19:65PM" is not a time of day, expected one like "5:45PM"`}},
		{"date alone", "Tue 3 Mar 2020 9:05AM\n", Error{2, "the title is missing, expected it after the date"}},
		{"title missing", "Tue 3 Mar 2020 9:05AM\n\nIM Ines Public Seen by 4\n",
			Error{3, "the title is missing, expected it after the date"}},
		{"byline missing", "Tue 3 Mar 2020 9:05AM\n\nT\n\nContext.\n",
			Error{5, `"Context." is not a byline, expected one like "AB Ann Baker (Her cooperative) Public Seen by 12"`}},
		{"nothing after the title", "Tue 3 Mar 2020 9:05AM\n\nT",
			Error{3, `"" is not a byline, expected one like "AB Ann Baker (Her cooperative) Public Seen by 12"`}},
		{"too many readers", "Tue 3 Mar 2020 9:05AM\n\nT\n\nA Public Seen by 99999999999999999999\n",
			Error{5, `nobody can count up to "99999999999999999999", expected how many have seen the thread`}},
		{"comment older than its thread", sample("\n\nAnn Mon 2 Mar 2020 9:05AM\n\nHi\n"),
			Error{10, "the comment is of Mon 2 Mar 2020 9:05AM, expected a date that is not before the thread's, Tue 3 Mar 2020 9:05AM"}},
		{"comment with a wrong day of the week", sample("\n\nAnn Mon 4 Mar 2020 9:05AM\n\nHi\n"),
			Error{10, `4 Mar 2020 is not a "Mon", expected "Wed"`}},
		{"comment with an unknown month", sample("\n\nAnn Wed 4 Foo 2020 9:05AM\n"),
			Error{10, `there is no month "Foo", expected one of Jan, Feb, Mar, Apr, May, Jun, Jul, Aug, Sep, Oct, Nov, Dec`}},
		{"invalid UTF-8", sample("\n\xff\n"), Error{9, "the text is not valid UTF-8, expected a text file saved as UTF-8"}},
		{"binary file", sample("\x00"), Error{8, "there is a NUL character, expected a text file"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			thread, err := Parse(strings.NewReader(tt.text), nil)
			var got *Error
			if !errors.As(err, &got) {
				t.Fatalf("Parse gave %+v and the error %v, want %v", thread, err, &tt.want)
			}
			if diff := cmp.Diff(tt.want, *got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// endless gives the same byte for ever.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestAHundredMegabytesAreRefusedAndNotReadToTheEnd(t *testing.T) {
	t.Parallel()
	file := &io.LimitedReader{R: endless('a'), N: 100 << 20}
	_, err := Parse(file, nil)
	var got *Error
	if !errors.As(err, &got) || got.Line != 0 || !strings.Contains(got.Problem, "larger than 16 MiB") {
		t.Errorf("error %v, want that the file is larger than 16 MiB", err)
	}
	if read := 100<<20 - file.N; read > MaxBytes+1 {
		t.Errorf("%d bytes were read, want at most %d", read, MaxBytes+1)
	}
}

func TestAFailingReaderIsNotTheTranscriptsFault(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken disk")
	_, err := Parse(iotest.ErrReader(broken), nil)
	var ours *Error
	if !errors.Is(err, broken) || errors.As(err, &ours) {
		t.Errorf("error %v, want the reader's own", err)
	}
}

func TestLineEndsAndByteOrderMarkMakeNoDifference(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/assembly.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := parseFile(t, "testdata/assembly.txt", nil)
	for name, text := range map[string][]byte{
		"CRLF":          bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")),
		"CR":            bytes.ReplaceAll(data, []byte("\n"), []byte("\r")),
		"mark":          append([]byte("\xef\xbb\xbf"), data...),
		"no last line":  bytes.TrimRight(data, "\n"),
		"title on top":  bytes.Replace(data, []byte("Tue 3 Mar 2020 9:05AM\n\nWhere shall the autumn assembly meet?"), []byte("Where shall the autumn assembly meet?\n\nTue 3 Mar 2020 9:05AM"), 1),
		"24-hour times": bytes.ReplaceAll(data, []byte("11:40AM"), []byte("11:40")),
	} {
		got, err := Parse(bytes.NewReader(text), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s changes the thread (-want +got):\n%s", name, diff)
		}
	}
}

func TestTimesAreThoseOfTheZone(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("two hours east", 2*60*60)
	thread := parseFile(t, "testdata/assembly.txt", zone)
	if want := time.Date(2020, 3, 3, 7, 5, 0, 0, time.UTC); !thread.At.Equal(want) {
		t.Errorf("thread at %v, want %v", thread.At, want)
	}
	if want := time.Date(2020, 3, 3, 10, 0, 0, 0, time.UTC); !thread.Comments[1].At.Equal(want) {
		t.Errorf("noon comment at %v, want %v", thread.Comments[1].At, want)
	}
}

func TestOnlyAHeaderBeginsAComment(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, rest string
		comments   int
	}{
		{"two blank lines before", "\n\nAnn Wed 4 Mar 2020 9:05AM\n\nHi", 1},
		{"one blank line before", "\nAnn Wed 4 Mar 2020 9:05AM\n\nHi", 1},
		{"text follows at once", "\nAnn Wed 4 Mar 2020 9:05AM\nHi", 1},
		{"the last line", "\n\nAnn Wed 4 Mar 2020 9:05AM", 1},
		{"one after the other", "\nAnn Wed 4 Mar 2020 9:05AM\n\nBea Wed 4 Mar 2020 9:06AM\n", 2},
		{"the same minute as the thread", "\nAnn Tue 3 Mar 2020 9:05AM\n", 1},
		{"no blank line before", "Ann Wed 4 Mar 2020 9:05AM\n\nHi", 0},
		{"wrong day of the week in a text", "\nAnn Mon 4 Mar 2020 9:05AM\n\nHi", 0},
		{"something after the date", "\nAnn Wed 4 Mar 2020 9:05AM sharp\n", 0},
		{"a date without a name", "\n\nWed 4 Mar 2020 9:05AM\n", 0},
		{"a sentence that ends with a date", "\n\nWe said that we would decide on Wed 4 Mar 2020 9:05AM\n", 0},
		{"a comma before a date", "\n\nFirst of all, Wed 4 Mar 2020 9:05AM\n", 0},
		{"a colon before a date", "\n\nFirst of all: Wed 4 Mar 2020 9:05AM\n", 0},
		{"a date without a time", "\n\nAnn Wed 4 Mar 2020\n", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			thread, err := Parse(strings.NewReader(sample(tt.rest)), nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(thread.Comments) != tt.comments {
				t.Errorf("%d comments, want %d: %+v", len(thread.Comments), tt.comments, thread.Comments)
			}
			if got := thread.Body; tt.comments == 0 && !strings.Contains(got, "Mar 2020") {
				t.Errorf("the line is lost from the context: %q", got)
			}
		})
	}
}

func TestABylineNamesItsAuthor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		byline, name, affiliation, visibility string
		seenBy                                int
	}{
		{"SWS Sion Example (One/Two) Public Seen by 119", "Sion Example", "One/Two", "public", 119},
		{"AS AJ Smith Private Seen by 1,204", "AJ Smith", "", "private", 1204},
		{"AJ Smith Closed Seen by 0", "AJ Smith", "", "closed", 0},
		{"ann Secret Seen by 3", "ann", "", "secret", 3},
		{"B Public Seen by 3", "B", "", "public", 3},
		{"AB Ann (she) (A (b) c) Public Seen by 3", "Ann (she)", "A (b) c", "public", 3},
		{"Ann b) Public Seen by 3", "Ann b)", "", "public", 3},
		{"ÉÖ Élodie Öman Public Seen by 3", "Élodie Öman", "", "public", 3},
	}
	for _, tt := range tests {
		thread, err := Parse(strings.NewReader("Tue 3 Mar 2020 9:05AM\nT\n"+tt.byline), nil)
		if err != nil {
			t.Errorf("%s: %v", tt.byline, err)
			continue
		}
		want := Thread{Title: "T", At: thread.At, Author: Person{tt.name, tt.affiliation}, Visibility: tt.visibility,
			SeenBy: tt.seenBy, People: []Person{{tt.name, tt.affiliation}}}
		if diff := cmp.Diff(want, *thread); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.byline, diff)
		}
	}
}
