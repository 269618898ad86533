package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"plenary/pkg/edge"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/markup"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/theme"
	"plenary/pkg/web/view"
)

func (s *Site) thread(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	t, err := s.Forum.Thread(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	if t.PollID != 0 {
		return seeOther(c, withQuery(t.Path(), c.Request().URL.RawQuery))
	}
	if !edge.Who(c).SignedIn() {
		return s.visitorsThread(c, t)
	}
	return s.showTalk(c, http.StatusOK, t, nil)
}

func withQuery(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// showTalk answers with a thread, or with the poll that it came with and the
// discussion below. Forms are those of that poll; nil where none came back.
func (s *Site) showTalk(c edge.Ctx, status int, t forum.Thread, forms *pollForms) error {
	read, err := s.Forum.ReadState(ctx(c), edge.Who(c), t.ID)
	if err != nil {
		return err
	}
	p, w, err := s.fillThread(c, t, read, forms)
	if err != nil {
		return err
	}
	if p.Form, err = s.form(nil); err != nil {
		return err
	}
	if err := s.seenWithoutScript(c, w, read); err != nil {
		return err
	}
	return s.show(c, status, p)
}

// rejectComment shows the thread again with the comment that was refused. Parent
// is the comment that it replies to, 0 for none.
func (s *Site) rejectComment(c edge.Ctx, id int64, form view.Form, parent int64) error {
	t, err := s.Forum.Thread(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	read, err := s.Forum.ReadState(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	p, _, err := s.fillThread(c, t, read, nil)
	if err != nil {
		return err
	}
	p.Form = form
	if p.ReplyTo, err = s.replyTo(c, t, parent); err != nil {
		return err
	}
	return s.show(c, http.StatusUnprocessableEntity, p)
}

// fillThread makes the page of the stretch that the query asks for, or of where
// the reader is.
func (s *Site) fillThread(c edge.Ctx, t forum.Thread, read forum.ReadState, forms *pollForms) (view.ThreadPage, window, error) {
	asked, err := s.placeOf(c, t.ID)
	if err != nil {
		return view.ThreadPage{}, window{}, err
	}
	if !asked.chosen {
		asked = whereRead(read, t)
	}
	w, err := s.window(ctx(c), t, asked)
	if err != nil {
		return view.ThreadPage{}, w, err
	}
	p, err := s.threadPage(c, w, read, cmp.Or(forms, &pollForms{}))
	return p, w, err
}

// threadPage fills the page from a window.
func (s *Site) threadPage(c edge.Ctx, w window, read forum.ReadState, forms *pollForms) (view.ThreadPage, error) {
	who, t := edge.Who(c), w.thread
	p := view.ThreadPage{Frame: s.frame(c), Thread: threadHead(t), Context: rendered(t.BodyHTML), Comments: t.CommentCount,
		LastSeq: t.LastSeq, AtEnd: w.later() == 0, Rights: threadRights(who, t)}
	p.ContextRead = read.Opened && w.earlier() > 0
	s.placeInThread(&p, w, read)
	var err error
	if p.People, err = s.Forum.Reach(ctx(c), t); err != nil {
		return p, err
	}
	polls, err := s.Polls.OfThread(ctx(c), who, t.ID)
	if err != nil {
		return p, err
	}
	if polls, err = s.addOwnPoll(c, &p, t, polls, *forms); err != nil {
		return p, err
	}
	s.addPolls(c, &p, polls)
	if err := s.addBoard(c, &p, t); err != nil {
		return p, err
	}
	if err := s.addProgrammes(c, &p); err != nil {
		return p, err
	}
	items, err := s.items(c, w, polls)
	if err != nil {
		return p, err
	}
	p.Read, p.Unread = view.Split(items, w.firstUnread(read))
	own, err := s.ownReactions(c, w)
	p.Read, p.Unread = view.Pressed(p.Read, own), view.Pressed(p.Unread, own)
	return p, err
}

// addOwnPoll puts the poll that the thread came with on the page, which is then
// about nothing else, and gives the other polls.
func (s *Site) addOwnPoll(c edge.Ctx, p *view.ThreadPage, t forum.Thread, polls []poll.Poll, forms pollForms) ([]poll.Poll, error) {
	i := slices.IndexFunc(polls, func(one poll.Poll) bool { return one.ID == t.PollID })
	if i < 0 {
		return polls, nil
	}
	own, err := s.pollPage(c, polls[i], t, forms)
	p.Poll = &own
	p.Rights.Propose, p.Rights.StartPoll = false, false
	return slices.Delete(polls, i, i+1), err
}

// ownReactions are the buttons that the reader has pressed.
func (s *Site) ownReactions(c edge.Ctx, w window) ([]string, error) {
	if !edge.Who(c).SignedIn() {
		return nil, nil
	}
	var comments []int64
	for _, e := range w.items {
		if e.Kind == event.CommentCreated {
			comments = append(comments, e.Subject)
		}
	}
	mine, err := s.Forum.Reacted(ctx(c), edge.Who(c), comments)
	var own []string
	for id, list := range mine {
		for _, emoji := range list {
			own = append(own, view.MineReaction(id, emoji))
		}
	}
	return own, err
}

// placeInThread says what lies before and after the window.
func (s *Site) placeInThread(p *view.ThreadPage, w window, read forum.ReadState) {
	path := p.Thread.URL()
	p.Earlier, p.Later = w.earlier(), w.later()
	p.StartURL, p.EndURL = at(path, "after", 0), path+"?end=1"
	if p.Earlier > 0 {
		p.EarlierURL = at(path, "before", w.items[0].Seq)
	}
	if p.Later > 0 {
		p.LaterURL = at(path, "after", w.lastSeq())
	}
	p.Rail = rail(w, path)
	if read.Opened && read.Item < w.thread.LastItem {
		p.UnreadCount = int(w.thread.LastItem - read.Item)
		if w.firstUnread(read) == 0 {
			p.UnreadURL = at(path, "seq", read.Seq+1) + "#unread"
		}
	}
}

func (s *Site) replyTo(c edge.Ctx, t forum.Thread, parent int64) (*view.ReplyRef, error) {
	if parent == 0 {
		return nil, nil
	}
	found, err := s.Forum.Comments(ctx(c), []int64{parent})
	if err != nil {
		return nil, err
	}
	to, ok := found[parent]
	if !ok || to.ThreadID != t.ID {
		return nil, nil
	}
	return &view.ReplyRef{ID: to.ID, Author: personOf(to.Author), Excerpt: excerpt(to)}, nil
}

// excerptLength is how many characters of a comment stand where it is named.
const excerptLength = 160

func excerpt(c forum.Comment) string {
	if c.Deleted() {
		return ""
	}
	return markup.Excerpt(c.Body, excerptLength)
}

// addPolls fills the strip of what is asked and decided here.
func (s *Site) addPolls(c edge.Ctx, p *view.ThreadPage, polls []poll.Poll) {
	var latest *poll.Poll
	for i, one := range polls {
		p.Asked = append(p.Asked, pollLine(edge.Who(c), one, p.Clock))
		if one.Outcome != nil && (latest == nil || one.Outcome.ID > latest.Outcome.ID) {
			latest = &polls[i]
		}
	}
	if latest != nil {
		o := outcomeOf(*latest, *latest.Outcome, p.Thread)
		p.Outcome = &o
	}
}

// cardsOnThread is how many themes of the board stand on the thread's page.
const cardsOnThread = 6

// addProgrammes puts the programmes that stand in the thread on its page.
func (s *Site) addProgrammes(c edge.Ctx, p *view.ThreadPage) error {
	who := edge.Who(c)
	list, err := s.Programmes.OfThread(ctx(c), who, p.Thread.ID)
	for _, one := range list {
		p.Programmes = append(p.Programmes, programmeLine(who, one))
	}
	return err
}

// addBoard puts the most supported themes on the page.
func (s *Site) addBoard(c edge.Ctx, p *view.ThreadPage, t forum.Thread) error {
	all, shortlisted, _, err := s.Themes.Count(ctx(c), t.ID)
	if err != nil || all == 0 && !p.Rights.Propose {
		return err
	}
	list, err := s.Themes.OfThread(ctx(c), edge.Who(c), t.ID, theme.ThemesQuery{Afoot: true, Page: page.Page{Limit: cardsOnThread}})
	if err != nil {
		return err
	}
	p.Board = &view.BoardLine{Themes: all, Shortlisted: shortlisted, Top: themeCardsFor(edge.Who(c), list.Items)}
	p.Board.Rules, err = s.rulesLine(ctx(c), edge.Who(c), t.ID, p.Clock)
	p.Rights.Propose = p.Rights.Propose && p.Board.Rules.Takes()
	return err
}

// seenWithoutScript notes what was shown to a reader whose browser runs no
// scripts. Scripts tell themselves what was really looked at; they leave the
// reader's time zone in a cookie, by which they are known.
func (s *Site) seenWithoutScript(c edge.Ctx, w window, read forum.ReadState) error {
	if _, err := c.Cookie("zone"); err == nil || !edge.Who(c).SignedIn() {
		return nil
	}
	if purpose := c.Request().Header.Get("Sec-Purpose"); strings.Contains(purpose, "prefetch") || strings.Contains(purpose, "prerender") {
		return nil
	}
	seq := w.lastSeq()
	if w.later() == 0 {
		seq = w.thread.LastSeq
	}
	if read.Opened && read.Seq >= seq {
		return nil
	}
	return s.Forum.MarkSeen(ctx(c), edge.Who(c), w.thread.ID, seq)
}
