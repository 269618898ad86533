package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html/template"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/event"
	"plenary/pkg/i18n"
	"plenary/pkg/live"
	"plenary/pkg/poll"
	"plenary/pkg/theme"
	"plenary/pkg/timeline"
	"plenary/pkg/web/view"
)

// socket makes a live connection of the request.
func (s *Site) socket(c edge.Ctx) error {
	who := edge.Person(c)
	s.hub.Serve(c.Response(), c.Request(), live.Visitor{Actor: edge.Who(c), SessionID: edge.Credential(c), Bearer: edge.Bearer(c),
		Lang: s.words(c).Lang(), Name: who.Name, Handle: who.Handle})
	return nil
}

// message is a live event as it is sent.
type message struct {
	Type   string         `json:"type"`
	Thread int64          `json:"thread,omitempty"`
	Group  int64          `json:"group,omitempty"`
	Inbox  int64          `json:"inbox,omitempty"`
	Seq    int64          `json:"seq"`
	Kind   event.Kind     `json:"kind"`
	Data   *timeline.Item `json:"data,omitempty"` // nil where the owner of the inbox may not read of it
	HTML   template.HTML  `json:"html,omitempty"`
}

// RenderEvents makes of each event the message that all its readers get, with
// the fragments to place where html is asked for. An inbox outlives rights: of
// what its owner may not read now, only that there was something is told, so that
// seq stays without gaps. It is live.Config.Render.
func (s *Site) RenderEvents(ctx context.Context, events []event.Event, lang string, html bool) ([]json.RawMessage, error) {
	entries, err := s.Timeline.Entries(ctx, events)
	if err != nil {
		return nil, err
	}
	r := eventRenderer{Site: s, words: s.Words.Localizer(lang), lang: lang}
	if html {
		if r.about, err = s.themesTalkedOf(ctx, entries); err != nil {
			return nil, err
		}
	}
	out := make([]json.RawMessage, len(entries))
	hidden, err := s.hiddenFromOwners(ctx, entries)
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		m := messageOf(e)
		if hidden[i] {
			m.Data = nil
		} else if html {
			if m.HTML, err = r.html(ctx, e); err != nil {
				return nil, fmt.Errorf("render %s %d of %s: %w", e.Kind, e.Seq, e.Topic, err)
			}
		}
		if out[i], err = m.bytes(); err != nil {
			return nil, fmt.Errorf("write %s %d of %s: %w", e.Kind, e.Seq, e.Topic, err)
		}
	}
	return out, nil
}

// bytes is the message as sent. It is read as JSON only, so "<" may stay as it is.
func (m message) bytes() (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(m)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

func messageOf(e timeline.Entry) message {
	m := message{Type: "event", Seq: e.Seq, Kind: e.Kind, Data: new(timeline.JSON(e))}
	switch e.Topic.Place {
	case event.InThread:
		m.Thread = e.Topic.ID
	case event.InGroup:
		m.Group = e.Topic.ID
	case event.InInbox:
		m.Inbox = e.Topic.ID
	}
	return m
}

// eventRenderer renders the events of one batch in one language.
type eventRenderer struct {
	*Site
	words *i18n.Localizer
	lang  string
	about map[int64]theme.Theme // what its comments are about
}

// html are the fragments of an event of a thread, and of those in an inbox that
// pages show. What is new in a group not everybody who watches it may read, so its
// page is told to look for itself. Other timelines have pages that read them anew.
func (r eventRenderer) html(ctx context.Context, e timeline.Entry) (template.HTML, error) {
	switch {
	case e.Kind == event.ProxyNamed || e.Kind == event.ProxyEnded:
		return r.fragments.piece(view.ProxiesChanged{}, r.lang)
	case e.Topic.Place == event.InGroup && listed(e.Kind):
		return r.fragments.piece(view.GroupChanged{}, r.lang)
	case e.Topic.Place != event.InThread:
		return "", nil
	}
	p, err := r.partial(ctx, e)
	if err != nil || p == nil {
		return "", err
	}
	return r.fragments.piece(p, r.lang)
}

// listed reports whether an event changes what a group's lists of threads and
// polls hold.
func listed(k event.Kind) bool {
	switch k {
	case event.ThreadCreated, event.ThreadClosed, event.ThreadReopened, event.ThreadPinned, event.ThreadUnpinned, event.ThreadShared, event.ThreadUnshared, event.ThreadAsked:
		return true
	}
	return false
}

func (r eventRenderer) partial(ctx context.Context, e timeline.Entry) (view.Partial, error) {
	switch {
	case e.Comment != nil:
		return r.commentPartial(ctx, e)
	case e.Theme != nil:
		return r.themePartial(ctx, e)
	case e.Poll != nil:
		return r.pollPartial(ctx, e)
	case e.Kind == event.SessionSignedUp || e.Kind == event.SessionSignedOff:
		return figuresPartial(e)
	case e.Kind.Noun() == "programme" || e.Kind.Noun() == "session":
		return programmePartial(e), nil
	}
	return r.threadPartial(ctx, e)
}

func (r eventRenderer) commentPartial(ctx context.Context, e timeline.Entry) (view.Partial, error) {
	c := commentOf(*e.Comment)
	if e.Kind == event.CommentReacted || e.Kind == event.CommentUnreacted {
		return view.ReactionsChanged{Comment: c}, nil
	}
	on, err := r.themeTalk(ctx, *e.Comment, r.about)
	if err != nil {
		return nil, err
	}
	switch e.Kind {
	case event.CommentCreated:
		return view.CommentCreated{Comment: c, On: on}, nil
	case event.CommentEdited, event.CommentDeleted:
		return view.CommentChanged{Comment: c, Excerpt: excerpt(*e.Comment), On: on}, nil
	}
	return nil, nil
}

// figuresPartial is how many come to a session: the same for everybody.
func figuresPartial(e timeline.Entry) (view.Partial, error) {
	var now struct{ Going, Waiting, Seats int }
	if err := json.Unmarshal(e.Data, &now); err != nil {
		return nil, fmt.Errorf("read how many come to session %d: %w", e.Subject, err)
	}
	return view.SessionFigures{Card: view.SessionCard{ID: e.Subject, Capacity: now.Seats, Going: now.Going, Waiting: now.Waiting}}, nil
}

func (r eventRenderer) themePartial(ctx context.Context, e timeline.Entry) (view.Partial, error) {
	card := themeCard(*e.Theme)
	if convening(e.Kind) {
		return r.convened(ctx, e, card)
	}
	if e.Kind != event.ThemeProposed {
		out := view.ThemeChanged{Card: card, Moved: !e.Kind.Repaints(), Back: e.Kind == event.ThemeReopened || e.Kind == event.ThemeUnscheduled}
		if m, ok := markerOf(e); ok {
			out.Marker = &m
		}
		return out, nil
	}
	all, _, _, err := r.Themes.Count(ctx, e.Thread)
	if err != nil {
		return nil, err
	}
	card.CanSupport = card.Afoot()
	marker, _ := markerOf(e)
	return view.ThemeProposed{Card: card, Marker: marker, Themes: all}, nil
}

// programmePartial has the pages of a programme look for themselves: not everybody
// may see the same of it. What is only being worked on is for those who build it.
func programmePartial(e timeline.Entry) view.Partial {
	p := view.ProgrammeChanged{Public: e.Kind != event.ProgrammeEdited}
	if m, ok := markerOf(e); ok {
		p.Marker = &m
	}
	return p
}

func (r eventRenderer) pollPartial(ctx context.Context, e timeline.Entry) (view.Partial, error) {
	card := pollCard(*e.Poll, r.words)
	var marker *view.Marker
	if m, ok := markerOf(e); ok {
		marker = &m
	}
	switch e.Kind {
	case event.PollOpened:
		if e.Poll.Alone {
			return view.PollChanged{Card: card, Marker: marker, Themes: themesAsked(*e.Poll)}, nil
		}
		card.Seq = e.Seq
		return view.PollOpened{Card: card, Themes: themesAsked(*e.Poll)}, nil
	case event.OutcomePublished, event.OutcomeEdited:
		if e.Poll.Outcome == nil {
			return nil, nil
		}
		o := outcomeOf(*e.Poll, *e.Poll.Outcome, card.Thread)
		o.Seq = e.Seq
		return view.OutcomeChanged{Outcome: o, New: e.Kind == event.OutcomePublished, Marker: marker}, nil
	}
	var err error
	if card.Results, err = r.publicResults(ctx, *e.Poll); err != nil {
		return nil, err
	}
	if e.Kind.Repaints() {
		return view.PollVoted{Card: card}, nil
	}
	return view.PollChanged{Card: card, Marker: marker, Themes: themesAsked(*e.Poll)}, nil
}

// themesAsked are the themes that a poll asks about, whose pages show how they stand.
func themesAsked(p poll.Poll) []view.ThemeCard {
	var out []view.ThemeCard
	for _, o := range p.Options {
		if o.ThemeID != 0 {
			out = append(out, view.ThemeCard{ID: o.ThemeID})
		}
	}
	return out
}

// publicResults are the results that every reader of the thread may see, who has
// not voted and never will; nil where there are readers who may not.
func (r eventRenderer) publicResults(ctx context.Context, p poll.Poll) (*view.Results, error) {
	reader := p.Facts()
	reader.Group, reader.Thread, reader.Voter, reader.Voted = access.Public, access.Public, false, false
	if !counted(p) || !access.May(access.Visitor(), access.ReadResults, reader) {
		return nil, nil
	}
	return r.tell(ctx, access.System(), p, r.words, nil, true)
}

func (r eventRenderer) threadPartial(ctx context.Context, e timeline.Entry) (view.Partial, error) {
	switch e.Kind {
	case event.ThemeRulesChanged:
		line, err := r.rulesLine(ctx, access.System(), e.Thread, view.Clock{})
		marker, _ := markerOf(e)
		return view.RulesChanged{Rules: line, Marker: marker}, err
	case event.ThreadEdited, event.ThreadClosed, event.ThreadReopened:
	default:
		return nil, nil
	}
	t, err := r.Forum.Thread(ctx, access.System(), e.Thread)
	if err != nil {
		return nil, err
	}
	if e.Kind == event.ThreadEdited {
		return view.ThreadEdited{Thread: threadHead(t), Context: rendered(t.BodyHTML)}, nil
	}
	marker, _ := markerOf(e)
	return view.ThreadStateChanged{Thread: threadHead(t), Marker: marker}, nil
}
