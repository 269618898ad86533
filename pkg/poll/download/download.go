// Package download makes files of polls: all that is needed to check one, and its ballots
// for other counting programs.
//
// Every file is made of what poll.Export gives the reader, and so can never hold more.
package download

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"plenary/pkg/access"
	"plenary/pkg/ballotfile"
	"plenary/pkg/errs"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
)

// Format is the kind of a file that a poll is downloaded as.
type Format string

// The formats.
const (
	JSON Format = "json" // ledger.Bundle: all that is needed to check the poll
	CSV  Format = "csv"  // one ballot in a row
	BLT  Format = "blt"  // rankings, for other counting programs
)

// Media is the format's media type.
func (f Format) Media() string {
	switch f {
	case JSON:
		return "application/json"
	case CSV:
		return "text/csv; charset=utf-8"
	}
	return "text/plain; charset=utf-8"
}

// FileName is what a download is called.
func (f Format) FileName(id int64) string { return fmt.Sprintf("poll-%d.%s", id, f) }

// File writes a poll into a file. Origin is the address of the site. Errors: as for
// poll.Export and Ballots; Conflict "poll.no_rankings" where there are none to write as
// BLT.
func File(ctx context.Context, polls *poll.Polls, who access.Actor, id int64, f Format, origin string) ([]byte, error) {
	if f == JSON {
		bundle, err := polls.Export(ctx, who, id)
		if err != nil {
			return nil, err
		}
		bundle.Poll.URL = origin + bundle.Poll.URL
		return json.MarshalIndent(bundle, "", " ")
	}
	file, err := Ballots(ctx, polls, who, id)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	switch {
	case f == CSV:
		err = ballotfile.WriteCSV(&out, file)
	case file.Form != tally.Ranking:
		err = errs.New(errs.Conflict, "poll.no_rankings")
	default:
		err = ballotfile.WriteBLT(&out, file)
	}
	return out.Bytes(), err
}

// Ballots gives the ballots for other counting programs, without names:
// sorted, so that their order says nothing. Errors: as for poll.Export; Conflict
// "poll.ballots_not_published" where single ballots of a secret poll are not shown.
func Ballots(ctx context.Context, polls *poll.Polls, who access.Actor, id int64) (ballotfile.File, error) {
	bundle, err := polls.Export(ctx, who, id)
	if err != nil {
		return ballotfile.File{}, err
	}
	found, err := polls.Poll(ctx, who, id)
	if err != nil {
		return ballotfile.File{}, err
	}
	out := ballotfile.File{Title: found.Title, Seats: found.Rules.Seats, Form: found.Method.Form()}
	for _, o := range found.Options {
		out.Options = append(out.Options, o.Label)
	}
	answers, err := answersIn(found, bundle)
	if err != nil {
		return out, err
	}
	for _, a := range answers {
		b, err := found.BallotOf(a.answer)
		if err != nil {
			return out, err
		}
		b.Weight = a.weight
		out.Ballots, out.Receipts = append(out.Ballots, b), append(out.Receipts, a.receipt)
	}
	return out, nil
}

// published is a ballot as it stands in a file.
type published struct {
	receipt string
	answer  string
	weight  int64
}

func answersIn(p poll.Poll, b ledger.Bundle) ([]published, error) {
	var out []published
	switch {
	case p.Secret && b.Box == nil:
		return nil, errs.New(errs.Conflict, "poll.ballots_not_published")
	case p.Secret && len(b.Box.Answers) > 0:
		for _, a := range b.Box.Answers {
			out = append(out, published{"", string(a.Answer), a.Weight})
		}
	case p.Secret:
		for _, a := range b.Box.Ballots {
			out = append(out, published{a.Code, string(a.Answer), a.Weight})
		}
	default:
		return castIn(b)
	}
	return out, nil
}

// castIn are the last ballots in the log of an open poll, under the receipts
// that their voters have.
func castIn(b ledger.Bundle) ([]published, error) {
	var log []ledger.Record
	var prev ledger.Hash
	last := map[string]string{}
	for i, line := range b.Log {
		r := ledger.Record{Number: int64(i) + 1, Content: []byte(line.Content), Prev: prev, Hash: line.Hash}
		log, prev = append(log, r), line.Hash
		var cast ledger.Cast
		if json.Unmarshal(r.Content, &cast) == nil && cast.Kind == ledger.KindCast {
			last[cast.Voter.String()] = line.Hash.Short()
		}
	}
	state, err := ledger.Replay(log, b.Electorate)
	if err != nil {
		return nil, fmt.Errorf("read the log of a poll: %w", err)
	}
	var out []published
	for _, v := range state.Ballots() {
		out = append(out, published{last[v.Voter.String()], string(v.Answer), v.Weight})
	}
	slices.SortFunc(out, func(x, y published) int { return cmp.Compare(x.receipt, y.receipt) })
	return out, nil
}
