package box_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/pkg/errs"
	"plenary/pkg/ledger"
	"plenary/pkg/poll/box"
	"plenary/pkg/poll/keys"
	"plenary/pkg/store"
	"plenary/pkg/tally"
	"plenary/pkg/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// desk is a box with a clerk at it.
type desk struct {
	box.Box
	t     *testing.T
	db    *store.DB
	keys  *keys.Keys
	clerk *box.Clerk
}

func newDesk(t *testing.T, db *store.DB, receipts ledger.Receipts) *desk {
	k := keys.New(db, func() time.Time { return time.Unix(0, 0) }, rand.Reader)
	d := &desk{Box: box.Box{Poll: 1, Receipts: receipts}, t: t, db: db, keys: k, clerk: box.NewClerk(k, rand.Reader)}
	d.write(func(tx *store.Tx) error {
		for _, statement := range []string{
			"INSERT INTO groups (id, handle, name, visibility, created_at) VALUES (1, 'harbour', 'Harbour', 'public', 0)",
			"INSERT INTO people (id, handle, name, created_at) VALUES (1, 'ana', 'Ana', 0)",
			"INSERT INTO threads (id, group_id, author_id, title, visibility, created_at, last_activity_at) VALUES (1, 1, 1, 'May', 'public', 0, 0)",
			"INSERT INTO polls (id, thread_id, author_id, title, method, rules, results, state, created_at, opened_at) VALUES (1, 1, 1, 'Which day?', 'choice', '{}', 'at_close', 'open', 0, 0)",
		} {
			if err := tx.Exec(statement).Error; err != nil {
				return err
			}
		}
		return nil
	})
	return d
}

func (d *desk) write(do func(tx *store.Tx) error) {
	d.t.Helper()
	if err := d.db.Write(d.t.Context(), do); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) put(in box.Ballot) (out *box.Sealed) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		out, err = d.clerk.Put(tx, d.Box, in)
		return err
	})
	return out
}

// try is what the clerk answers, as the code of the error or of a field.
func (d *desk) try(do func(tx *store.Tx) error) string {
	var e *errs.Error
	switch err := d.db.Write(context.Background(), do); {
	case err == nil:
		return "yes"
	case !errors.As(err, &e):
		return err.Error()
	case len(e.Fields) > 0:
		return e.Fields["code"].Code
	default:
		return e.Code
	}
}

func forOption(id int64, weight int64, text string) box.Ballot {
	return box.Ballot{Answer: ledger.Answer{Form: tally.Marks, Chosen: []int64{id}}, Weight: weight, Text: text, HTML: text}
}

func TestABallotIsExchangedByWhoHasItsReceiptAndItsKey(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db, ledger.ReceiptsFind)
		first := d.put(forOption(1, 3, "why"))
		exchange := func(code string, key ledger.Hash) string {
			return d.try(func(tx *store.Tx) error {
				_, err := d.clerk.Exchange(tx, d.Box, code, key, forOption(2, 0, ""))
				return err
			})
		}
		for _, c := range []struct {
			what, code string
			key        ledger.Hash
			want       string
		}{
			{"what is no code", "tarot", *first.Key, "poll.receipt_unknown"},
			{"without its key", first.Code, ledger.Hash{}, "poll.receipt_unknown"},
			{"as somebody types it", strings.ToLower(strings.ReplaceAll(first.Code, "-", " ")), *first.Key, "yes"},
			{"once more", first.Code, *first.Key, "poll.receipt_replaced"},
		} {
			if got := exchange(c.code, c.key); got != c.want {
				t.Errorf("%s: got %q, want %q", c.what, got, c.want)
			}
		}
		rows, err := d.Rows(db.Read(t.Context()))
		if err != nil || len(rows) != 2 {
			t.Fatalf("the box: %+v, %v", rows, err)
		}
		old := slices.IndexFunc(rows, box.Row.Replaced)
		if old < 0 || rows[old].Code != first.Code || rows[old].Reason != "" || rows[old].Weight != 1 || rows[1-old].Weight != 3 {
			t.Errorf("one is empty, and the other carries its votes: %+v", rows)
		}
		if none, err := d.Find(db.Read(t.Context()), "tarot"); none != nil || err != nil {
			t.Errorf("what is no code finds %+v, %v", none, err)
		}
	})
}

func TestABallotSentAgainIsInTheBoxOnce(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db, ledger.ReceiptsFind)
		key := ledger.Hash{7}
		in := forOption(1, 1, "why")
		in.Commitment = new(ledger.Commitment(key))
		again := func(in box.Ballot, voted bool) (code string, said string) {
			said = d.try(func(tx *store.Tx) error {
				found, err := d.clerk.Again(tx, d.Box, in, voted)
				if found != nil {
					code = found.Code
				}
				return err
			})
			return code, said
		}
		if code, said := again(in, false); code != "" || said != "yes" {
			t.Errorf("before it is in: %q, %s", code, said)
		}
		first := d.put(in)
		if first.Key != nil {
			t.Error("the key of the browser is its own")
		}
		if code, said := again(in, true); code != first.Code || said != "yes" {
			t.Errorf("sent again: %q, %s, want %q", code, said, first.Code)
		}
		other := in
		other.Text = "because"
		for what, got := range map[string]func() (string, string){
			"another ballot":  func() (string, string) { return again(other, true) },
			"another's voter": func() (string, string) { return again(in, false) },
		} {
			if code, said := got(); code != "" || said != "poll.commitment_used" {
				t.Errorf("%s under the same commitment: %q, %s", what, code, said)
			}
		}
	})
}

func TestAReceiptSaysNoMoreThanItIsFor(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db, ledger.ReceiptsFind)
		key, err := d.keys.Current(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for receipts, says := range map[ledger.Receipts]bool{ledger.ReceiptsFind: true, ledger.ReceiptsCount: false} {
			d.Receipts = receipts
			got := d.put(forOption(1, 1, ""))
			var said ledger.Receipt
			if err := json.Unmarshal([]byte(got.Promise), &said); err != nil {
				t.Fatal(err)
			}
			if (said.Answer != nil) != says || said.Code != got.Code || !said.Verify(ed25519.PublicKey(key.Public), got.Signature) {
				t.Errorf("%s: %s", receipts, got.Promise)
			}
		}
	})
}

func TestMixingKeepsEveryBallotAndHidingKeepsItsHash(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db, ledger.ReceiptsFind)
		for i := range int64(9) {
			d.put(forOption(i, 1, strings.Repeat("why ", int(i))))
		}
		before, err := d.Open(db.Read(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		d.write(d.Mix)
		after, err := d.Open(db.Read(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		was, is := mustJSON(t, before), mustJSON(t, after)
		if was != is || !strings.Contains(is, "why why") {
			t.Errorf("mixed, the box is %s, and was %s", is, was)
		}
		rows, err := d.Rows(db.Read(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		written := rows[slices.IndexFunc(rows, func(r box.Row) bool { return r.Reason == "why why " })]
		hide := func(tx *store.Tx) error { return d.HideReason(tx, ledger.HashFrom(written.ReasonHash)) }
		if got := d.try(hide); got != "yes" {
			t.Fatalf("hiding: %s", got)
		}
		if got := d.try(hide); got != "error.not_found" {
			t.Errorf("hiding again: %s", got)
		}
		row, err := d.Find(db.Read(t.Context()), written.Code)
		if err != nil || row.Reason != "" || row.ReasonHTML != "" || row.ReasonSalt != nil || !slices.Equal(row.ReasonHash, written.ReasonHash) {
			t.Errorf("hidden, the ballot is %+v, %v", row, err)
		}
	})
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
