package likeness

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Item is one text to compare, with an id of the caller's.
type Item struct {
	ID    int64
	Title string
	Body  string
}

// common are the words of the product's languages that say nothing about a
// subject. Accents are folded away.
var common = func() map[string]bool {
	out := map[string]bool{}
	for word := range strings.FieldsSeq(`
		a an and are as at be by can do for from how in into is it its more not of on or our should that the their this to us we what which who why will with you your about
		aber als am an auf aus bei das dem den der des die ein eine einen einer es fur im ist mehr mit nicht oder sich sind uber um und uns unser unsere von vor was wer wie wir zu zum zur
		au aux avec ce ces comment dans de des du elle en est et il la le les leur nos notre nous ou par pas plus pour que qui sans ses son sont sur un une vous
		al como con cual de del el en es la las lo los mas muy no nos nuestra nuestro o para por que se ser si sin sobre su sus un una y
		a alla alle anche che chi ci come con cosa da dal dei del della delle di e gli i il in la le lo ma nei nel nella noi nostra nostro o per piu quale se si su sul un una`) {
		out[word] = true
	}
	return out
}()

// fold is a text in small letters without accents.
func fold(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'ß':
			b.WriteString("ss")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// words are the folded words of a text that say something about its subject, or
// all of them where none does.
func words(text string) []string {
	all := strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	telling := slices.DeleteFunc(slices.Clone(all), func(w string) bool { return common[w] })
	if len(telling) == 0 {
		return all
	}
	return telling
}

// trigram is a run of three characters, as one number.
type trigram uint64

// trigrams calls fn for each run of three characters of a word, its beginning
// and end marked with spaces.
func trigrams(word string, fn func(trigram)) {
	run := trigram(' ')<<21 | ' '
	for _, r := range word + " " {
		run = (run<<21 | trigram(r)) & (1<<63 - 1)
		fn(run)
	}
}

// cut is the beginning of a body, without half a character.
func cut(body string) string {
	if len(body) <= MaxBody {
		return body
	}
	end := MaxBody
	for end > 0 && !utf8.RuneStart(body[end]) {
		end--
	}
	return body[:end]
}

// term is how much a trigram weighs in a text.
type term struct {
	of     trigram
	weight float64
}

// vector is a text: its terms in the order of their trigrams, so that sums over
// them are the same every time.
type vector []term

// vectorOf reads a text in. A trigram weighs the more the more often it occurs,
// but less and less: a word that is said ten times is not ten subjects.
func vectorOf(title, body string) vector {
	counts := map[trigram]float64{}
	add := func(text string, weight float64) {
		for _, word := range words(text) {
			trigrams(word, func(t trigram) { counts[t] += weight })
		}
	}
	add(title, titleWeight)
	add(cut(body), 1)
	out := make(vector, 0, len(counts))
	for t, n := range counts {
		out = append(out, term{t, 1 + math.Log(n)})
	}
	slices.SortFunc(out, func(a, b term) int { return cmp.Compare(a.of, b.of) })
	return out
}

// unit makes the vector one of length 1; one of nothing stays so.
func (v vector) unit() {
	var squares float64
	for _, t := range v {
		squares += t.weight * t.weight
	}
	if squares == 0 {
		return
	}
	whole := math.Sqrt(squares)
	for i := range v {
		v[i].weight /= whole
	}
}

// times is the cosine of the angle between two vectors of length 1.
func (v vector) times(w vector) float64 {
	var total float64
	for i, j := 0, 0; i < len(v) && j < len(w); {
		switch c := cmp.Compare(v[i].of, w[j].of); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			total += v[i].weight * w[j].weight
			i, j = i+1, j+1
		}
	}
	return min(1, total)
}

// Of says how alike two texts are, from 0 to 1. A text without words is like
// nothing.
func Of(a, b string) float64 {
	one, other := vectorOf(a, ""), vectorOf(b, "")
	one.unit()
	other.unit()
	return one.times(other)
}
