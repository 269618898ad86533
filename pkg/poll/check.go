package poll

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/ledger"
	"plenary/pkg/store"
)

// Standing is what became of the ballot that a receipt is about.
type Standing string

// What becomes of ballots.
const (
	Counted  Standing = "counted"  // it is in, and counts as long as nothing replaces it
	Replaced Standing = "replaced" // its voter cast another one
	NotThere Standing = "not_there"
)

// Found is what a receipt leads to.
type Found struct {
	Standing Standing
	Record   int64          // of an open poll: its number in the log
	Answer   *ledger.Answer // what is on the ballot, where that is published
}

// FindReceipt looks for the ballot that a receipt is about, whoever asks. In a
// secret poll the answer is told only after the close, where single ballots are
// published and receipts find them. Errors: as for Poll.
func (p *Polls) FindReceipt(ctx context.Context, who access.Actor, id int64, receipt string) (Found, error) {
	poll, err := p.Poll(ctx, who, id)
	if err != nil {
		return Found{}, err
	}
	find := findOpen
	if poll.Secret {
		find = findInBox
	}
	out, err := find(p.db.Read(ctx), poll, receipt)
	return out, store.Translate(err)
}

// findOpen looks among the ballots that count now, and then among the records.
func findOpen(g *gorm.DB, p Poll, receipt string) (Found, error) {
	begins, short := ledger.ParseShort(receipt)
	if short {
		receipt = begins.Short()
	}
	var records []int64
	if err := g.Table("ballots").Select("record").Where("poll_id = ? AND receipt = ?", p.ID, strings.ToUpper(strings.TrimSpace(receipt))).Find(&records).Error; err != nil {
		return Found{}, fmt.Errorf("look for a receipt of poll %d: %w", p.ID, err)
	}
	if len(records) > 0 {
		return Found{Standing: Counted, Record: records[0]}, nil
	}
	if !short {
		return Found{Standing: NotThere}, nil
	}
	ends := begins.ShortEnd()
	err := g.Table("poll_log").Select("number").Where("poll_id = ? AND hash BETWEEN ? AND ?", p.ID, begins[:], ends[:]).
		Where("content LIKE ?", `%"kind":"cast"%`).Limit(1).Find(&records).Error
	if err != nil {
		return Found{}, fmt.Errorf("read the log of poll %d: %w", p.ID, err)
	}
	if len(records) > 0 {
		return Found{Standing: Replaced, Record: records[0]}, nil
	}
	return Found{Standing: NotThere}, nil
}

func findInBox(g *gorm.DB, p Poll, receipt string) (Found, error) {
	row, err := p.box().Find(g, receipt)
	switch {
	case err != nil:
		return Found{}, err
	case row == nil:
		return Found{Standing: NotThere}, nil
	case row.Replaced():
		return Found{Standing: Replaced}, nil
	case p.State != access.PollEnded || p.Receipts != FindBallot:
		return Found{Standing: Counted}, nil
	}
	box, err := p.box().Open(g)
	if err != nil || !publishable(p, box) {
		return Found{Standing: Counted}, err
	}
	answer, err := ledger.ParseAnswer(p.Method.Form(), []byte(row.Choices))
	if err != nil {
		return Found{}, fmt.Errorf("read a ballot in the box of poll %d: %w", p.ID, err)
	}
	return Found{Standing: Counted, Answer: &answer}, nil
}

// HeadLine is the head of a poll's log, for everybody to keep a copy of.
type HeadLine struct {
	Poll  int64
	Title string // empty where visitors may not read the poll
	Head  ledger.Head
	At    time.Time // of the last record
}

// mostHeads is how many heads the feed holds.
const mostHeads = 100

// Heads lists the heads of all logs that grew last, the latest first, whether or
// not their polls are public: who keeps copies can tell later whether a log was
// rewritten.
func (p *Polls) Heads(ctx context.Context) ([]HeadLine, error) {
	public := access.VisibleThreads(access.Visitor())
	var rows []struct {
		ID        int64
		Title     string
		LogLength int64
		LogHead   []byte
		LogAt     store.Time
	}
	err := p.db.Read(ctx).Table("polls AS p").
		Select("p.id, CASE WHEN "+public.SQL+" THEN p.title ELSE '' END AS title, p.log_length, p.log_head, p.log_at", public.Args...).
		Joins("JOIN threads AS t ON t.id = p.thread_id").Where("p.log_at IS NOT NULL").Order("p.log_at DESC, p.id DESC").Limit(mostHeads).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the heads of logs: %w", err))
	}
	out := make([]HeadLine, len(rows))
	for i, r := range rows {
		out[i] = HeadLine{r.ID, r.Title, ledger.Head{Number: r.LogLength, Hash: ledger.HashFrom(r.LogHead)}, r.LogAt.Time}
	}
	return out, nil
}
