package timeline

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/programme"
	"plenary/pkg/store"
	"plenary/pkg/theme"
)

// Entry is an event with what it tells of, as that is now and not as it was
// when the event happened. At most one of Comment, Theme, Poll, Programme,
// Session and Member is set; all are nil where the event is about the thread or the group as a whole.
type Entry struct {
	event.Event
	Actor     person.Brief         // zero where the forum itself acted, or who voted is not told
	Comment   *forum.Comment       // of comment.*
	Theme     *theme.Theme         // of theme.*
	PartsOf   []theme.Theme        // which themes Parts are, as far as they are there
	Other     *theme.Theme         // what the theme is merged into, of theme.merge… and theme.unmerged
	Poll      *poll.Poll           // of poll.* and outcome.*, with its outcome
	Programme *programme.Programme // of programme.*, as it was published last
	Session   *programme.Session   // of session.*, as readers know it
	Member    *person.Brief        // of member.*: whose membership it is
	Facts
}

// Facts are what an event keeps about its own moment.
type Facts struct {
	Reason      string `json:"reason"`       // given for a closing or a refusal; empty where none
	By          string `json:"by"`           // a poll was closed by "time" or by "hand"; empty elsewhere
	BallotCount int    `json:"ballot_count"` // of poll.voted: how many had voted then
	LogLength   int64  `json:"log_length"`   // of a poll's acts: the head of its log then, for everybody to keep
	LogHead     string `json:"log_head"`
	Version     int    `json:"version"` // of programme.published
	Note        string `json:"note"`    // what whoever published it said
	Changes     int    `json:"changes"` // how many things were otherwise than in the version before

	Into   int64  `json:"into"`   // of theme.merge… and theme.unmerged: the other theme
	Before string `json:"before"` // of theme.renamed: what it was called
	Title  string `json:"title"`  // and what it was called then

	CommentID int64 `json:"comment_id"` // of theme.questioned, theme.answered and theme.commented

	Parts []int64 `json:"parts"` // of theme.grouped, theme.ungrouped and theme.split: which themes
}

// Entries puts the things behind events, in the same order. However many events
// there are, each sort of thing is read once; a sort that none of them names is
// not read at all. A thing that cannot be found leaves its place nil.
//
// It asks nobody's leave: the caller has checked the timeline that the events
// are from.
func (r *Reader) Entries(ctx context.Context, events []event.Event) ([]Entry, error) {
	ids := subjects(events)
	people, err := r.people.Briefs(r.db.Read(ctx), ids["person"])
	if err != nil {
		return nil, store.Translate(fmt.Errorf("read the people of a timeline: %w", err))
	}
	comments, err := r.forum.Comments(ctx, ids["comment"])
	if err != nil {
		return nil, fmt.Errorf("read the comments of a timeline: %w", err)
	}
	named, err := themesNamed(events)
	if err != nil {
		return nil, err
	}
	themes, err := r.themes.Themes(ctx, append(ids["theme"], named...))
	if err != nil {
		return nil, fmt.Errorf("read the themes of a timeline: %w", err)
	}
	polls, err := r.polls.Polls(ctx, ids["poll"])
	if err != nil {
		return nil, fmt.Errorf("read the polls of a timeline: %w", err)
	}
	programmes, err := r.programmes.Programmes(ctx, ids["programme"])
	if err != nil {
		return nil, fmt.Errorf("read the programmes of a timeline: %w", err)
	}
	sessions, err := r.programmes.Sessions(ctx, ids["session"])
	if err != nil {
		return nil, fmt.Errorf("read the sessions of a timeline: %w", err)
	}
	entries := make([]Entry, len(events))
	for i, e := range events {
		entry := Entry{Event: e, Actor: people[e.Actor]}
		switch thing(e.Kind) {
		case "comment":
			entry.Comment = found(comments, e.Subject)
		case "theme":
			entry.Theme = found(themes, e.Subject)
		case "poll":
			entry.Poll = found(polls, e.Subject)
		case "programme":
			entry.Programme = found(programmes, e.Subject)
		case "session":
			entry.Session = found(sessions, e.Subject)
		case "person":
			entry.Member = found(people, e.Subject)
		}
		if entry.Facts, err = factsOf(e); err != nil {
			return nil, err
		}
		entry.Other = found(themes, entry.Into)
		for _, id := range entry.Parts {
			if part, ok := themes[id]; ok {
				entry.PartsOf = append(entry.PartsOf, part)
			}
		}
		entries[i] = entry
	}
	return entries, r.addTitles(ctx, entries)
}

// addTitles puts beside the people of entries what they are called in the home
// group of their thread.
func (r *Reader) addTitles(ctx context.Context, entries []Entry) error {
	var threads, people []int64
	for i := range entries {
		if entries[i].Topic.Place != event.InThread {
			continue
		}
		threads = append(threads, entries[i].Topic.ID)
		for _, b := range entries[i].people() {
			people = append(people, b.ID)
		}
	}
	titles, err := r.forum.Titles(ctx, threads, people)
	if err != nil {
		return fmt.Errorf("read the titles of a timeline: %w", err)
	}
	for i := range entries {
		if entries[i].Topic.Place != event.InThread {
			continue
		}
		for _, b := range entries[i].people() {
			b.Title = titles.Of(entries[i].Topic.ID, b.ID)
		}
	}
	return nil
}

// people are those whom the entry shows.
func (e *Entry) people() []*person.Brief {
	all := []*person.Brief{&e.Actor}
	if e.Comment != nil {
		all = append(all, &e.Comment.Author)
		if e.Comment.Parent != nil {
			all = append(all, &e.Comment.Parent.Author)
		}
	}
	if e.Theme != nil {
		all = append(all, &e.Theme.Proposer)
	}
	if e.Programme != nil {
		all = append(all, &e.Programme.Creator)
	}
	if e.Session != nil {
		all = append(all, &e.Session.ProposedBy)
	}
	if e.Poll != nil {
		all = append(all, &e.Poll.Author)
		if e.Poll.Outcome != nil {
			all = append(all, &e.Poll.Outcome.Author)
		}
	}
	return all
}

// subjects lists the ids that the events name, by what they are, each once.
func subjects(events []event.Event) map[string][]int64 {
	ids := map[string][]int64{}
	for _, e := range events {
		of := thing(e.Kind)
		ids[of] = append(ids[of], e.Subject)
		if e.Actor != 0 {
			ids["person"] = append(ids["person"], e.Actor)
		}
	}
	for of, list := range ids {
		slices.Sort(list)
		ids[of] = slices.Compact(list)
	}
	return ids
}

// thing is what an event's subject is: a thread, comment, theme, poll, programme,
// session, person or group.
func thing(k event.Kind) string {
	if k == event.ThemeRulesChanged {
		return "thread"
	}
	switch noun := k.Noun(); noun {
	case "outcome":
		return "poll"
	case "member":
		return "person"
	default:
		return noun
	}
}

func found[T any](in map[int64]T, id int64) *T {
	if one, ok := in[id]; ok {
		return &one
	}
	return nil
}

// themesNamed lists the themes that events name besides their subjects: what others
// are merged into, and what is put under others.
func themesNamed(events []event.Event) ([]int64, error) {
	var out []int64
	for _, e := range events {
		f, err := factsOf(e)
		if err != nil {
			return nil, err
		}
		if f.Into != 0 {
			out = append(out, f.Into)
		}
		out = append(out, f.Parts...)
	}
	return out, nil
}

func factsOf(e event.Event) (Facts, error) {
	var f Facts
	if len(e.Data) == 0 {
		return f, nil
	}
	if err := json.Unmarshal(e.Data, &f); err != nil {
		return f, fmt.Errorf("read the data of %s %d: %w", e.Topic, e.Seq, err)
	}
	return f, nil
}
