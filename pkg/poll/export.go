package poll

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/ledger"
	"plenary/pkg/poll/keys"
	"plenary/pkg/store"
	"plenary/pkg/tally"
)

// Export gives all that is needed to check a poll, and no more than the actor may
// see: names only to those who may read who votes, single ballots of a secret
// poll only where there are enough of them. A close whose time has come is
// carried out first. Errors: by access.ReadResults; Conflict "poll.without_log" for
// polls that were opened before there was a log.
func (p *Polls) Export(ctx context.Context, who access.Actor, id int64) (ledger.Bundle, error) {
	found, err := p.exported(ctx, who, id)
	if err != nil {
		return ledger.Bundle{}, err
	}
	key, err := p.Key(ctx)
	if err != nil {
		return ledger.Bundle{}, err
	}
	e := exporter{g: p.db.Read(ctx), poll: found, named: access.May(who, access.ReadVoters, found.facts)}
	e.Format, e.Key = ledger.BundleFormat, key.Public
	e.Poll = ledger.About{ID: id, Title: found.Title, Details: found.Details, Options: found.texts(), URL: "/p/" + strconv.FormatInt(id, 10)}
	for _, step := range []func() error{e.log, e.electorate, e.names, e.reasons, e.hidden, e.closing} {
		if err := step(); err != nil {
			return ledger.Bundle{}, store.Translate(err)
		}
	}
	return e.Bundle, nil
}

// exported is the poll, once its close is carried out where that is due.
func (p *Polls) exported(ctx context.Context, who access.Actor, id int64) (Poll, error) {
	found, err := p.mayNow(ctx, who, id, access.ReadResults)
	if err != nil {
		return Poll{}, err
	}
	if !found.Logged() {
		return Poll{}, errs.New(errs.Conflict, "poll.without_log")
	}
	if !found.unsettled {
		return found, nil
	}
	if _, err := p.settle(ctx, id); err != nil {
		return Poll{}, store.Translate(err)
	}
	return p.mayNow(ctx, who, id, access.ReadResults)
}

// exporter fills a bundle, one part after the other.
type exporter struct {
	ledger.Bundle
	g     *gorm.DB
	poll  Poll
	named bool // the reader may know who votes
}

func (e *exporter) log() error {
	log, err := records(e.g, e.poll.ID)
	e.Log = ledger.LinesOf(log)
	return err
}

func (e *exporter) electorate() error {
	voters, err := openingVoters(e.g, e.poll.ID)
	e.Electorate = entitledOf(voters)
	return err
}

// names leaves out who was erased, and who took over another's account: nothing
// proves any more whose the pseudonym is.
func (e *exporter) names() error {
	if !e.named {
		return nil
	}
	var rows []struct {
		PersonID     int64
		Handle, Name string
		Salt         []byte
		Pseudonym    string
	}
	err := e.g.Table("poll_voters AS v").Select("v.person_id, a.handle, a.name, v.salt, v.pseudonym").Joins("JOIN people AS a ON a.id = v.person_id").
		Where("v.poll_id = ? AND v.salt IS NOT NULL", e.poll.ID).Order("v.pseudonym").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("name the voters of poll %d: %w", e.poll.ID, err)
	}
	for _, r := range rows {
		voter, err := ledger.ParseHash(r.Pseudonym)
		if err != nil {
			return fmt.Errorf("name the voters of poll %d: %w", e.poll.ID, err)
		}
		e.Names = append(e.Names, ledger.Name{Voter: voter, Salt: ledger.HashFrom(r.Salt), Person: r.PersonID, Handle: r.Handle, Name: r.Name})
	}
	return nil
}

// reasons are those of the ballots that are in the log as it was read.
func (e *exporter) reasons() error {
	var rows []struct {
		Row       ballotRow `gorm:"embedded"` // a field, as in votedRow
		Pseudonym string
	}
	err := e.g.Table("ballots AS b").Select(ballotColumns+", v.pseudonym").
		Joins("JOIN poll_voters AS v ON v.poll_id = b.poll_id AND v.person_id = b.voter_id").
		Where("b.poll_id = ? AND b.reason_salt IS NOT NULL AND b.record <= ?", e.poll.ID, len(e.Log)).Order("v.pseudonym").Find(&rows).Error
	if err != nil {
		return fmt.Errorf("read the reasons of poll %d: %w", e.poll.ID, err)
	}
	for _, r := range rows {
		voter, err := ledger.ParseHash(r.Pseudonym)
		if err != nil {
			return fmt.Errorf("read the reasons of poll %d: %w", e.poll.ID, err)
		}
		reasons, err := r.Row.reasons()
		if err != nil {
			return err
		}
		e.Reasons = append(e.Reasons, ledger.Reason{Voter: voter, Salt: ledger.HashFrom(r.Row.ReasonSalt), Text: e.poll.wholeReason(r.Row.Reason, reasons)})
	}
	return nil
}

// closing is what there is once the poll is closed.
func (e *exporter) closing() error {
	if e.poll.State != access.PollEnded {
		return nil
	}
	result, err := frozenResult(e.g, e.poll.ID)
	if err != nil {
		return err
	}
	e.Result = result
	signed, err := certificates(e.g, e.poll.ID)
	if err != nil {
		return err
	}
	e.Certificate = signed.Now
	if err := e.signedBy(); err != nil || !e.poll.Secret {
		return err
	}
	box, err := e.poll.box().Open(e.g)
	if err != nil || !publishable(e.poll, box) {
		return err
	}
	if e.poll.Publish == PublishTotals {
		e.Totals, err = e.poll.totals(box)
		return err
	}
	e.Box = box
	return nil
}

// totals sums up the rankings in a box.
func (p Poll) totals(box *ledger.Box) (*ledger.Totals, error) {
	var ballots []tally.Ballot
	for _, a := range box.Contents() {
		b, err := p.BallotOf(string(a.Answer))
		if err != nil {
			return nil, err
		}
		b.Weight = a.Weight
		ballots = append(ballots, b)
	}
	sums, err := tally.Contest{Rules: p.Rules, Options: len(p.Options)}.Totals(slices.Values(ballots))
	if err != nil {
		return nil, fmt.Errorf("sum up poll %d: %w", p.ID, err)
	}
	return box.Totals(sums), nil
}

// signedBy gives the key that signed the certificate, which may be an older one.
func (e *exporter) signedBy() error {
	if e.Certificate == nil {
		return nil
	}
	var said ledger.Certified
	if err := json.Unmarshal([]byte(e.Certificate.Content), &said); err != nil {
		return fmt.Errorf("read the certificate of poll %d: %w", e.poll.ID, err)
	}
	all, err := keys.Public(e.g)
	for _, k := range all {
		if k.Fingerprint == said.Key {
			e.Key = k.Public
		}
	}
	return err
}

// publishable reports whether single ballots, or their sums, may be shown: there are enough of
// them, and of each weight, which would tell whose they are.
func publishable(p Poll, box *ledger.Box) bool {
	answers := map[int64]int{}
	for _, a := range box.Contents() {
		answers[a.Weight]++
	}
	for _, n := range answers {
		if n < p.PublishFrom {
			return false
		}
	}
	return len(answers) > 0
}

// Certificates gives what the site has signed of a poll. Errors: by
// access.ReadResults; NotFound where nothing is signed yet.
func (p *Polls) Certificates(ctx context.Context, who access.Actor, id int64) (Certificates, error) {
	if _, err := p.mayNow(ctx, who, id, access.ReadResults); err != nil {
		return Certificates{}, err
	}
	signed, err := certificates(p.db.Read(ctx), id)
	if err != nil {
		return signed, store.Translate(err)
	}
	if len(signed.all()) == 0 {
		return signed, errs.New(errs.NotFound, "error.not_found")
	}
	return signed, nil
}

// Key gives the public key that receipts and certificates are signed with now.
func (p *Polls) Key(ctx context.Context) (keys.Key, error) { return p.keys.Current(ctx) }
