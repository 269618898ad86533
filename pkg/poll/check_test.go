package poll_test

import (
	"strings"
	"testing"

	"plenary/pkg/access"
	"plenary/pkg/poll"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

// A receipt is found however somebody has typed it, also once another ballot took
// the place of its own.
func TestTheReceiptOfAnOpenBallotLeadsToItsRecord(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		s := newStage(t, db, access.Public)
		p, other := s.start(s.ben, choice("A", "B")), s.start(s.ben, choice("A", "B"))
		elsewhere := s.mustCast(s.cleo, other, "", 0)
		first, second := s.mustCast(s.cleo, p, "", 0), s.mustCast(s.cleo, p, "", 1)
		replaced, counted := poll.Found{Standing: poll.Replaced, Record: first.Record}, poll.Found{Standing: poll.Counted, Record: second.Record}
		for typed, want := range map[string]poll.Found{
			first.Receipt:  replaced,
			second.Receipt: counted,
			" " + strings.ToLower(second.Receipt) + "\n": counted,
			strings.ReplaceAll(second.Receipt, "-", ""):  counted,
			strings.ReplaceAll(first.Receipt, "-", " "):  replaced,
			elsewhere.Receipt:                      {Standing: poll.NotThere},
			p.Head.Hash.String():                   {Standing: poll.NotThere},
			second.Receipt[:len(second.Receipt)-1]: {Standing: poll.NotThere},
			second.Receipt + "0":                   {Standing: poll.NotThere},
			strings.Repeat("%", 16):                {Standing: poll.NotThere},
			"":                                     {Standing: poll.NotThere},
		} {
			if found, err := s.polls.FindReceipt(t.Context(), s.eve, p.ID, typed); err != nil || found != want {
				t.Errorf("%q: %+v, %v; want %+v", typed, found, err, want)
			}
		}
	})
}
