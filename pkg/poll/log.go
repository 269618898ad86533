package poll

import (
	"fmt"
	"time"

	"plenary/pkg/ledger"
	"plenary/pkg/store"
)

// stamp dates a record.
func stamp(at time.Time) ledger.Stamp { return ledger.Stamp{At: store.At(at).UnixMicro()} }

// micros is an instant as the log writes it, 0 where none is set.
func micros(at *time.Time) int64 {
	if at == nil {
		return 0
	}
	return store.At(*at).UnixMicro()
}

// record appends to the log of a poll, whose lock the caller holds, and moves
// its head on. A poll that was opened before there were logs has none, and
// nothing is recorded of it.
func (p *Polls) record(tx *store.Tx, poll *Poll, c ledger.Content) error {
	if _, opens := c.(*ledger.Opened); !opens && !poll.Logged() {
		return nil
	}
	_, err := p.add(tx, poll, c)
	return err
}

// add is record of a poll that has a log, or gets it now.
func (p *Polls) add(tx *store.Tx, poll *Poll, c ledger.Content) (ledger.Record, error) {
	r, err := ledger.Append(poll.Head, c)
	if err != nil {
		return r, fmt.Errorf("record in the log of poll %d: %w", poll.ID, err)
	}
	err = tx.Exec("INSERT INTO poll_log (poll_id, number, content, hash) VALUES (?, ?, ?, ?)", poll.ID, r.Number, string(r.Content), r.Hash[:]).Error
	if err != nil {
		return r, fmt.Errorf("record in the log of poll %d: %w", poll.ID, err)
	}
	err = tx.Exec("UPDATE polls SET log_length = ?, log_head = ?, log_at = ? WHERE id = ?", r.Number, r.Hash[:], c.When(), poll.ID).Error
	if err != nil {
		return r, fmt.Errorf("move the head of poll %d: %w", poll.ID, err)
	}
	poll.Head = r.Head()
	return r, nil
}

// Logged reports whether there is a record of the poll that can be checked.
// Polls that were opened before there were such records have none.
func (p Poll) Logged() bool { return p.Head.Number > 0 }

// headData tells the head of the log along with an event, so that whoever hears
// of it holds a copy.
func (p Poll) headData(data map[string]any) map[string]any {
	if !p.Logged() {
		return data
	}
	if data == nil {
		data = map[string]any{}
	}
	data["log_length"], data["log_head"] = p.Head.Number, p.Head.Hash.String()
	return data
}

// question is what the log says of what is asked and how it is counted.
func (p Poll) question() (ledger.Question, error) {
	text, err := p.Text()
	if err != nil {
		return ledger.Question{}, err
	}
	q := ledger.Question{Title: p.Title, Text: text, Rules: p.Rules, Rule: p.Method.Version(), Secret: p.Secret, Results: string(p.Results),
		Receipts: ledger.Receipts(p.Receipts), PublishFrom: p.PublishFrom, ClosesAt: micros(p.ClosesAt), Options: make([]ledger.Option, len(p.Options))}
	if p.Secret && p.Publish == PublishTotals {
		q.Publish = ledger.PublishTotals
	}
	for i, o := range p.Options {
		q.Options[i] = ledger.Option{ID: o.ID, Label: o.Label}
	}
	return q, nil
}

// Text is the fingerprint of what voters read when they vote. It cannot change
// once the first ballot is in.
func (p Poll) Text() (ledger.Hash, error) {
	return ledger.TextFingerprint(p.Title, p.Details, p.texts())
}

// texts are the options with all that is said about them.
func (p Poll) texts() []ledger.Option {
	out := make([]ledger.Option, len(p.Options))
	for i, o := range p.Options {
		out[i] = ledger.Option{ID: o.ID, Label: o.Label, Details: o.details()}
	}
	return out
}

func (o Option) details() string {
	if o.ReasonPrompt == "" {
		return o.Description
	}
	return o.Description + "\n\n" + o.ReasonPrompt
}
