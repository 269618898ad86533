package theme

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
)

// Bounds of a board.
const (
	MaxOnBoard   = 10_000 // themes of a thread that a board orders and searches; later ones are left out
	PerPage      = 100    // themes on one page of a list
	PerColumn    = 25     // themes of one state where each state has its column
	MaxSearch    = 100    // runes of a search
	searchedText = 4000   // characters of a description that are searched
)

// Column is a part of a board: the themes of one state, or all that are out of
// the running.
type Column string

// The columns, in their order.
const (
	InProposed    Column = "proposed"
	InShortlisted Column = "shortlisted"
	InScheduled   Column = "scheduled"
	InSettled     Column = "settled" // declined, withdrawn, merged
)

// Columns lists all of them.
func Columns() []Column { return []Column{InProposed, InShortlisted, InScheduled, InSettled} }

// ColumnOf is where a theme of the state stands.
func ColumnOf(state access.ThemeState) Column {
	switch state {
	case access.Proposed, access.Shortlisted, access.Scheduled:
		return Column(state)
	case access.Merged, access.Declined, access.Withdrawn:
	}
	return InSettled
}

// Whose narrows a board down to what concerns the reader.
type Whose string

// The choices.
const (
	Everybodys  Whose = ""
	Mine        Whose = "mine"      // that the reader proposes
	ISupport    Whose = "supported" // that the reader supports
	NotAnswered Whose = "questions" // with questions that wait for an answer
)

// Filter chooses themes of a thread. The zero value chooses all.
type Filter struct {
	Column   Column // one part only; empty for all
	Whose    Whose
	Proposer string // the handle of one who proposes it; empty for all
	Search   string // words that title, description or proposer hold
}

// Narrow reports whether it leaves anything out, besides by column.
func (in Filter) Narrow() bool { return in.Whose != Everybodys || in.Proposer != "" || in.Search != "" }

// BoardQuery is how somebody looks at a board.
type BoardQuery struct {
	Filter
	Order   Order // BySupport where empty
	Seed    int64 // of the order Shuffled
	Columns bool  // each state by itself, the first PerColumn of each
	Grouped bool  // what stands under an overarching theme follows it
	After   int64 // the last theme of the page before; 0 for the first page
	Before  int   // how many themes stood before this page, in case that one is gone; 0 where not known
}

// Board is a page of a thread's themes.
type Board struct {
	Themes []Theme        // in their order; with Columns the columns one after the other
	Counts map[Column]int // of all that the filter lets through, whatever its column
	Next   int64          // the After of the next page; 0 where this is the last
	Begins int            // how many themes stand before this page
	Gone   bool           // After is not among the themes: the page begins where it stood, as far as Before tells
}

// leaf is what ordering and filtering need of a theme.
type leaf struct {
	ID           int64
	State        access.ThemeState
	SupportCount int
	UnderID      *int64
	Title        string
	Description  string
	Credit       string
	Name         string
}

// Board reads a page of a thread's themes: the same number of statements, and at
// most PerPage themes, however many there are. Errors: NotFound; Invalid with
// fields order, state, whose and q.
func (t *Themes) Board(ctx context.Context, who access.Actor, threadID int64, q BoardQuery) (Board, error) {
	if _, err := t.forum.Thread(ctx, who, threadID); err != nil {
		return Board{}, err
	}
	if err := q.validate(); err != nil {
		return Board{}, err
	}
	g := t.db.Read(ctx)
	leaves, err := leavesOf(g, who, threadID, q.Filter)
	if err != nil {
		return Board{}, store.Translate(err)
	}
	out := Board{Counts: map[Column]int{}}
	for _, l := range leaves {
		out.Counts[ColumnOf(l.State)]++
	}
	ids := q.cut(q.ordered(leaves), &out)
	found, err := find(themes(g, who).Where("th.id IN ?", ids), g, who)
	if err != nil {
		return Board{}, store.Translate(err)
	}
	place := make(map[int64]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(found, func(a, b Theme) int { return place[a.ID] - place[b.ID] })
	out.Themes = found
	return out, nil
}

func (q BoardQuery) validate() error {
	var f errs.Fields
	if !slices.Contains([]Order{"", BySupport, Newest, Shuffled}, q.Order) {
		f.Add("order", "field.choose")
	}
	q.Filter.judge(&f)
	return f.Err()
}

func (in Filter) judge(f *errs.Fields) {
	if in.Column != "" && !slices.Contains(Columns(), in.Column) {
		f.Add("state", "field.choose")
	}
	if !slices.Contains([]Whose{Everybodys, Mine, ISupport, NotAnswered}, in.Whose) {
		f.Add("whose", "field.choose")
	}
	if len([]rune(in.Search)) > MaxSearch {
		f.Add("q", "field.too_long", errs.Args{"Max": MaxSearch})
	}
}

// leavesOf reads all themes of a thread that the filter lets through, but for its
// column, the oldest first.
func leavesOf(g *gorm.DB, who access.Actor, threadID int64, in Filter) ([]leaf, error) {
	return leavesIn(g.Where("th.thread_id = ?", threadID).Order("th.id"), who, in)
}

// leavesIn reads the themes among those of g that the filter lets through, but for
// its column, in the order of g.
func leavesIn(g *gorm.DB, who access.Actor, in Filter) ([]leaf, error) {
	columns := "th.id, th.state, th.support_count, th.under_id"
	words := folded(in.Search)
	if len(words) > 0 {
		columns += fmt.Sprintf(", th.title, SUBSTR(th.description, 1, %d) AS description, th.credit, a.name", searchedText)
	}
	query := g.Table("themes AS th").Select(columns)
	if len(words) > 0 {
		query = query.Joins("JOIN people AS a ON a.id = th.proposer_id")
	}
	query = in.narrowed(query, who)
	var leaves []leaf
	if err := query.Limit(MaxOnBoard).Find(&leaves).Error; err != nil {
		return nil, fmt.Errorf("list themes: %w", err)
	}
	if len(words) == 0 {
		return leaves, nil
	}
	return slices.DeleteFunc(leaves, func(l leaf) bool { return !l.holds(words) }), nil
}

// proposedBy is the condition that somebody is among those who propose themes AS
// th.
const proposedBy = `(th.proposer_id = ? AND th.credit = '' OR EXISTS (SELECT 1 FROM theme_proposers AS x
	WHERE x.theme_id = th.id AND x.person_id = ? AND x.answer = 'accepted'))`

func (in Filter) narrowed(query *gorm.DB, who access.Actor) *gorm.DB {
	switch in.Whose {
	case Mine:
		query = query.Where(proposedBy, who.Person, who.Person)
	case ISupport:
		query = query.Where("EXISTS (SELECT 1 FROM theme_supports AS x WHERE x.theme_id = th.id AND x.person_id = ?)", who.Person)
	case NotAnswered:
		query = query.Where(unanswered + " > 0")
	case Everybodys:
	}
	if in.Proposer != "" {
		id := gorm.Expr("(SELECT p.id FROM people AS p WHERE p.handle = ?)", strings.ToLower(in.Proposer))
		query = query.Where(proposedBy, id, id)
	}
	return query
}

// folded are the words of a text in small letters and without accents.
func folded(text string) []string {
	return strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
}

// fold makes texts alike that differ by accents and by the size of letters only.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text))
}

// holds reports whether every word stands somewhere in what is searched.
func (l leaf) holds(words []string) bool {
	name := l.Name
	if l.Credit != "" {
		name = l.Credit
	}
	text := fold(l.Title + "\n" + l.Description + "\n" + name)
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// ordered sorts themes as it was asked for.
func (q BoardQuery) ordered(leaves []leaf) []leaf {
	less := func(a, b leaf) int { return cmp.Or(b.SupportCount-a.SupportCount, cmp.Compare(a.ID, b.ID)) }
	switch q.Order {
	case Newest:
		less = func(a, b leaf) int { return cmp.Compare(b.ID, a.ID) }
	case Shuffled:
		less = func(a, b leaf) int { return draw(q.Seed, a.ID).compare(draw(q.Seed, b.ID)) }
	case "", BySupport:
	}
	slices.SortFunc(leaves, less)
	if q.Grouped {
		return grouped(leaves)
	}
	return leaves
}

// grouped puts behind each overarching theme what stands under it. What stands
// under none that is here stands by itself, after the overarching ones.
func grouped(leaves []leaf) []leaf {
	here := make(map[int64]bool, len(leaves))
	below := map[int64][]leaf{}
	for _, l := range leaves {
		here[l.ID] = ColumnOf(l.State) != InSettled
	}
	for _, l := range leaves {
		if l.UnderID != nil && here[*l.UnderID] {
			below[*l.UnderID] = append(below[*l.UnderID], l)
		}
	}
	out := make([]leaf, 0, len(leaves))
	var alone []leaf
	for _, l := range leaves {
		switch {
		case l.UnderID != nil && here[*l.UnderID]:
		case len(below[l.ID]) > 0:
			out = append(append(out, l), below[l.ID]...)
		default:
			alone = append(alone, l)
		}
	}
	return append(out, alone...)
}

// cut gives the ids of the page, and notes where the next one begins.
func (q BoardQuery) cut(leaves []leaf, out *Board) []int64 {
	var ids []int64
	if q.Columns {
		for _, column := range Columns() {
			n := 0
			for _, l := range leaves {
				if n < PerColumn && ColumnOf(l.State) == column {
					ids, n = append(ids, l.ID), n+1
				}
			}
		}
		return ids
	}
	if q.Column != "" {
		leaves = slices.DeleteFunc(leaves, func(l leaf) bool { return ColumnOf(l.State) != q.Column })
	}
	begin := 0
	if q.After != 0 {
		begin = slices.IndexFunc(leaves, func(l leaf) bool { return l.ID == q.After }) + 1
		out.Gone = begin == 0
	}
	if out.Gone {
		last := max(len(leaves)-1, 0) / PerPage * PerPage // where the last page begins
		begin = min(max(q.Before, 0), last)
	}
	out.Begins = begin
	rest := leaves[begin:]
	for _, l := range rest[:min(len(rest), PerPage)] {
		ids = append(ids, l.ID)
	}
	if len(rest) > PerPage {
		out.Next = ids[len(ids)-1]
	}
	return ids
}

// Count is how many themes a thread has, how many of them are on its shortlist, and
// how many of these no poll has asked about. The caller has checked the thread.
func (t *Themes) Count(ctx context.Context, threadID int64) (all, shortlisted, unasked int, err error) {
	err = t.db.Read(ctx).Raw(`SELECT COUNT(*), COUNT(CASE WHEN th.state = 'shortlisted' THEN 1 END),
		COUNT(CASE WHEN th.state = 'shortlisted' AND NOT EXISTS (SELECT 1 FROM poll_options AS o JOIN polls AS p ON p.id = o.poll_id
			WHERE o.theme_id = th.id AND p.state <> 'draft') THEN 1 END)
		FROM themes AS th WHERE th.thread_id = ?`, threadID).Row().Scan(&all, &shortlisted, &unasked)
	if err != nil {
		return 0, 0, 0, store.Translate(fmt.Errorf("count the themes of thread %d: %w", threadID, err))
	}
	return all, shortlisted, unasked, nil
}
