package web

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/i18n"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/poll/download"
	"plenary/pkg/web/view"
)

// check is the page by which anybody checks a poll.
func (s *Site) check(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	page, err := s.checkPage(c, id)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, page)
}

// findReceipt looks for the ballot that a receipt is about. The receipt is sent
// as a form, so that it stands in no address and in no log.
func (s *Site) findReceipt(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	page, err := s.checkPage(c, id)
	if err != nil {
		return err
	}
	form, err := edge.Form(c)
	if err != nil {
		return err
	}
	page.Form.Values = url.Values{"code": {form.Get("code")}}
	if form.Get("code") == "" {
		page.Form.Fields.Add("code", "field.required")
		return s.show(c, http.StatusUnprocessableEntity, page)
	}
	found, err := s.Polls.FindReceipt(ctx(c), edge.Who(c), id, form.Get("code"))
	if err != nil {
		return err
	}
	page.Found = foundOf(page.Secret, found)
	if found.Answer != nil {
		page.FoundAnswer = found.Answer.String()
	}
	return s.show(c, http.StatusOK, page)
}

func foundOf(secret bool, f poll.Found) errs.Text {
	code := "check.found_" + string(f.Standing)
	if secret && f.Standing != poll.NotThere {
		code += "_box"
	}
	return errs.Text{Code: code, Args: errs.Args{"Number": f.Record}}
}

func (s *Site) checkPage(c edge.Ctx, id int64) (view.CheckPage, error) {
	p, err := s.Polls.Poll(ctx(c), edge.Who(c), id)
	if err != nil {
		return view.CheckPage{}, err
	}
	text, err := p.Text()
	if err != nil {
		return view.CheckPage{}, err
	}
	page := view.CheckPage{Frame: s.frame(c), Thread: pollHead(p), Poll: id, Title: p.Title, State: string(p.State), Secret: p.Secret,
		Text: text.String(), Length: p.Head.Number, Says: honest(p)}
	if edge.Who(c).OnlyPoll != 0 {
		page.Thread = view.ThreadHead{}
	}
	if p.Logged() {
		page.Head = p.Head.Hash.String()
	}
	if err := s.addMine(c, &page, p); err != nil {
		return page, err
	}
	return page, s.addExports(c, &page, p)
}

// addMine adds what the reader's own ballot is known by.
func (s *Site) addMine(c edge.Ctx, page *view.CheckPage, p poll.Poll) error {
	if !p.Voted() {
		return nil
	}
	mine, err := s.Polls.MyBallot(ctx(c), edge.Who(c), p.ID)
	if err != nil || mine == nil {
		return err
	}
	page.Mine = &view.MyRecord{At: mine.CastAt, Number: mine.Record, Receipt: mine.Receipt}
	if mine.Record > 0 {
		page.Mine.Hash = mine.Hash.String()
	}
	return nil
}

// addExports adds the certificate and the downloads, where they may be seen.
func (s *Site) addExports(c edge.Ctx, page *view.CheckPage, p poll.Poll) error {
	if !p.Logged() || !access.May(edge.Who(c), access.ReadResults, p.Facts()) {
		return nil
	}
	page.Downloads = []view.Download{{Name: "json", URL: downloadURL(p.ID, download.JSON)}}
	page.Reasons = true
	if !p.Secret || p.State == access.PollEnded && p.BallotCount >= p.PublishFrom && p.Publish == poll.PublishBallots {
		page.Downloads = append(page.Downloads, view.Download{Name: "csv", URL: downloadURL(p.ID, download.CSV)})
		if p.Ranked() {
			page.Downloads = append(page.Downloads, view.Download{Name: "blt", URL: downloadURL(p.ID, download.BLT)})
		}
	}
	if p.State != access.PollEnded {
		return nil
	}
	signed, err := s.Polls.Certificates(ctx(c), edge.Who(c), p.ID)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil || signed.Now == nil {
		return err
	}
	page.Earlier = len(signed.Earlier)
	page.Certificate, err = certificateOf(*signed.Now)
	return err
}

func downloadURL(id int64, f download.Format) string { return fmt.Sprintf("/p/%d/export.%s", id, f) }

// honest is what may be said of the poll, and no more: one sentence for each
// promise that holds.
func honest(p poll.Poll) []string {
	var says []string
	if totals := p.Secret && p.Publish == poll.PublishTotals; totals && p.BallotCount >= p.PublishFrom {
		says = append(says, "check.says_totals")
		if p.Method.ByTotals() {
			says = append(says, "check.says_totals_recompute")
		} else {
			says = append(says, "check.says_totals_rounds")
		}
	} else if !p.Secret || p.BallotCount >= p.PublishFrom {
		says = append(says, "check.says_recompute")
	} else {
		says = append(says, "check.says_few")
	}
	switch {
	case !p.Secret:
		says = append(says, "check.says_find", "check.says_named")
	case p.Receipts == poll.CountOnly:
		says = append(says, "check.says_counted", "check.says_secret")
	case p.BallotCount >= p.PublishFrom:
		says = append(says, "check.says_find", "check.says_secret")
	default:
		says = append(says, "check.says_counted", "check.says_secret")
	}
	if code := saysOfBeacon(p); code != "" {
		says = append(says, code)
	}
	return append(says, "check.says_office")
}

// saysOfBeacon is what may be said of the lots, where a beacon was named.
func saysOfBeacon(p poll.Poll) string {
	switch {
	case p.Beacon == nil:
		return ""
	case p.Beacon.Missed:
		return "check.says_beacon_missed"
	case p.State == access.PollEnded:
		return "check.says_beacon"
	}
	return "check.says_beacon_comes"
}

// certificateOf puts what was signed into fields.
func certificateOf(c ledger.Certificate) (*view.Certificate, error) {
	var said ledger.Certified
	if err := json.Unmarshal([]byte(c.Content), &said); err != nil {
		return nil, fmt.Errorf("read a certificate: %w", err)
	}
	out := &view.Certificate{Rule: said.Rule, Roll: said.Roll, Ballots: said.Ballots, Votes: int(said.Votes), Eligible: int(said.Eligible),
		Length: int(said.Length), Head: said.Head.String(), Seed: said.Seed.String(), Result: said.Result.String(), Rounds: said.Rounds.String(),
		ClosedAt: time.UnixMicro(said.ClosedAt).UTC(), Key: said.Key, Signature: c.Signature.String(), Beacon: said.Beacon}
	if said.Box != nil {
		out.Box = said.Box.String()
	}
	return out, nil
}

// download gives a poll as a file.
func (s *Site) download(as download.Format) edge.Handler {
	return func(c edge.Ctx) error {
		id, err := edge.ID(c, "id")
		if err != nil {
			return err
		}
		file, err := download.File(ctx(c), s.Polls, edge.Who(c), id, as, s.edge.Origin())
		if err != nil {
			return err
		}
		h := c.Response().Header()
		h.Set("Content-Disposition", `attachment; filename="`+as.FileName(id)+`"`)
		h.Set("Cache-Control", "private, no-cache")
		return c.Blob(http.StatusOK, as.Media(), file)
	}
}

// key is the fixed page of the site's public key.
func (s *Site) key(c edge.Ctx) error {
	key, err := s.Polls.Key(ctx(c))
	if err != nil {
		return err
	}
	public, err := key.Public.MarshalText()
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, view.KeyPage{Frame: s.frame(c), Fingerprint: key.Fingerprint, Public: string(public), Since: key.Since})
}

// atom is a feed (RFC 4287), as far as this one goes.
type atom struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Link    atomLink    `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      string    `xml:"id"`
	Title   string    `xml:"title"`
	Updated string    `xml:"updated"`
	Link    *atomLink `xml:"link,omitempty"`
	Content string    `xml:"content"`
}

// heads is the feed of the heads of all logs, for everybody to keep.
func (s *Site) heads(c edge.Ctx) error {
	heads, err := s.Polls.Heads(ctx(c))
	if err != nil {
		return err
	}
	origin, words := s.edge.Origin(), s.words(c)
	feed := atom{ID: origin + "/heads.atom", Title: words.T("heads.title"), Author: s.forumName(ctx(c)), Updated: s.Now().UTC().Format(time.RFC3339),
		Link: atomLink{Rel: "self", Href: origin + "/heads.atom"}}
	if len(heads) > 0 {
		feed.Updated = heads[0].At.UTC().Format(time.RFC3339)
	}
	for _, h := range heads {
		feed.Entries = append(feed.Entries, entryOf(h, origin, words))
	}
	body, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		return fmt.Errorf("write the feed of heads: %w", err)
	}
	return c.Blob(http.StatusOK, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), body...))
}

// entryOf is a head in the feed. Of a poll that visitors may not read only the
// number is said.
func entryOf(h poll.HeadLine, origin string, words *i18n.Localizer) atomEntry {
	at := fmt.Sprintf("%s/p/%d", origin, h.Poll)
	e := atomEntry{ID: fmt.Sprintf("%s#%d", at, h.Head.Number), Title: words.T("heads.entry", i18n.Args{"Poll": h.Poll, "Number": h.Head.Number}),
		Updated: h.At.UTC().Format(time.RFC3339), Content: fmt.Sprintf("poll %d\nlength %d\nhead %s\n", h.Poll, h.Head.Number, h.Head.Hash)}
	if h.Title != "" {
		e.Title, e.Link = h.Title, &atomLink{Href: at}
	}
	return e
}
