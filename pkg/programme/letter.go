package programme

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/mail"
	"plenary/pkg/store"
)

// reader is somebody who is told about a programme. Email is empty where there is
// none that the person has confirmed.
type reader struct {
	ID       int64
	Name     string
	Email    string
	Language string
}

// partTakers are the people who have signed up for sessions, speak in them or host
// them, as a query with @sessions.
const partTakers = `SELECT n.person_id, n.session_id FROM programme_signups AS n WHERE n.session_id IN @sessions
	UNION SELECT x.person_id, x.session_id FROM programme_session_people AS x WHERE x.session_id IN @sessions AND x.person_id IS NOT NULL`

// readers lists the next of those who take part in sessions, with the sessions of
// each. Who did it, and who may not read the programme any more, is left out.
func readers(tx *store.Tx, of Programme, t telling, sessions []int64) ([]reader, map[int64][]int64, error) {
	if len(sessions) == 0 {
		return nil, nil, nil
	}
	args := map[string]any{"sessions": sessions, "thread": of.ThreadID, "after": t.ToldTo, "by": t.ByID, "most": lettersAtOnce}
	var to []reader
	err := tx.Raw(`SELECT a.id, a.name, a.language, CASE WHEN a.email_confirmed_at IS NULL THEN '' ELSE COALESCE(a.email, '') END AS email
		FROM people AS a JOIN threads AS t ON t.id = @thread
		WHERE a.id > @after AND a.id <> @by AND a.disabled_at IS NULL AND a.erased_at IS NULL
		AND a.id IN (SELECT q.person_id FROM (`+partTakers+`) AS q) AND `+access.VisibleThreadsAs("a.id")+`
		ORDER BY a.id LIMIT @most`, args).Scan(&to).Error
	if err != nil {
		return nil, nil, fmt.Errorf("find whom to tell about programme %d: %w", of.ID, err)
	}
	if len(to) == 0 {
		return nil, nil, nil
	}
	args["people"] = idsOf(to)
	var rows []struct{ PersonID, SessionID int64 }
	err = tx.Raw("SELECT q.person_id, q.session_id FROM ("+partTakers+") AS q WHERE q.person_id IN @people ORDER BY q.person_id, q.session_id", args).Scan(&rows).Error
	if err != nil {
		return nil, nil, fmt.Errorf("find what to tell about programme %d: %w", of.ID, err)
	}
	theirs := map[int64][]int64{}
	for _, r := range rows {
		theirs[r.PersonID] = append(theirs[r.PersonID], r.SessionID)
	}
	return to, theirs, nil
}

func idsOf(all []reader) []int64 {
	out := make([]int64, len(all))
	for i, r := range all {
		out[i] = r.ID
	}
	return out
}

// tellOfEvent tells the next of all who take part in anything of the event.
func (p *Programmes) tellOfEvent(tx *store.Tx, of Programme, t telling) ([]reader, error) {
	kept, err := published(tx.DB, []int64{of.ID})
	if err != nil {
		return nil, err
	}
	var sessions []int64
	for _, s := range kept[of.ID].Sessions {
		sessions = append(sessions, s.ID)
	}
	to, _, err := readers(tx, of, t, sessions)
	if err != nil || len(to) == 0 {
		return nil, err
	}
	err = tx.EmitToInboxes(event.Event{Kind: t.Kind, At: p.now(), Actor: t.ByID, Thread: of.ThreadID, Subject: of.ID}, idsOf(to))
	if err != nil {
		return nil, err
	}
	kind := "event_cancelled"
	if t.Kind == event.ProgrammeResumed {
		kind = "event_resumed"
	}
	of = kept[of.ID].head(of)
	return to, p.write(tx, of, to, func(reader) (mail.Letter, error) {
		return mail.Letter{Kind: kind, Args: map[string]string{"Event": of.Title, "Path": of.Path(), "Reason": of.CancelReason}}, nil
	})
}

// changesInLetter is how many changes a letter tells one by one.
const changesInLetter = 5

// tellOfSessions tells people what is otherwise in their sessions.
func (p *Programmes) tellOfSessions(tx *store.Tx, of Programme, t telling, to []reader, theirs map[int64][]int64, changed map[int64]difference) error {
	now := p.now()
	bySession := map[int64][]int64{}
	for _, r := range to {
		for _, session := range theirs[r.ID] {
			bySession[session] = append(bySession[session], r.ID)
		}
	}
	for _, session := range sortedKeys(bySession) {
		e := event.Event{Kind: event.SessionMoved, At: now, Actor: t.ByID, Thread: of.ThreadID, Subject: session}
		if err := tx.EmitToInboxes(e, bySession[session]); err != nil {
			return err
		}
	}
	return p.write(tx, of, to, func(r reader) (mail.Letter, error) {
		args := map[string]string{"Event": of.Title, "Path": of.Path()}
		for i, session := range theirs[r.ID] {
			if i == changesInLetter {
				args["More"] = strconv.Itoa(len(theirs[r.ID]) - changesInLetter)
				break
			}
			if i == 0 && len(theirs[r.ID]) == 1 {
				args["Path"] = Session{ID: session, ProgrammeID: of.ID}.Path()
			}
			said, err := changed[session].sentence(of.Zone).Arg()
			if err != nil {
				return mail.Letter{}, err
			}
			args["Change"+strconv.Itoa(i+1)+"Sentence"] = said
		}
		return mail.Letter{Kind: "sessions_changed", Args: args}, nil
	})
}

func sortedKeys(m map[int64][]int64) []int64 {
	var out []int64
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// sentence says what is otherwise, with times as the clock shows them at the event.
func (d difference) sentence(zone string) mail.Sentence {
	texts := map[string]mail.Word{"Session": {Text: d.title}, "Before": {Text: d.before}, "Room": {Text: d.room}, "Reason": {Text: d.reason}}
	for name, at := range map[string]time.Time{"When": d.at.Start, "Was": d.was.Start} {
		if at.IsZero() {
			texts[name] = mail.Word{}
		} else {
			texts[name] = mail.Word{At: at, Zone: zone}
		}
	}
	return mail.Sentence{Code: "mail.session_" + d.kind, Texts: texts}
}

// tellSeats tells people who waited that they have a seat now.
func (p *Programmes) tellSeats(tx *store.Tx, in seating, people []int64, now time.Time) error {
	if len(people) == 0 {
		return nil
	}
	of, s, at := in.Programme, in.session, When(in.Plan)[in.session.ID]
	slices.Sort(people)
	e := event.Event{Kind: event.SessionSeat, At: now, Thread: of.ThreadID, Subject: s.ID}
	if err := tx.EmitToInboxes(e, people); err != nil {
		return err
	}
	var to []reader
	err := tx.Raw(`SELECT a.id, a.name, a.language, CASE WHEN a.email_confirmed_at IS NULL THEN '' ELSE COALESCE(a.email, '') END AS email
		FROM people AS a JOIN threads AS t ON t.id = ? WHERE a.id IN ? AND a.disabled_at IS NULL AND a.erased_at IS NULL
		AND `+access.VisibleThreadsAs("a.id")+" ORDER BY a.id", of.ThreadID, people).Scan(&to).Error
	if err != nil {
		return fmt.Errorf("find who has a seat in session %d now: %w", s.ID, err)
	}
	return p.write(tx, of, to, func(reader) (mail.Letter, error) {
		args := map[string]string{"Event": of.Title, "Session": s.Title, "Path": s.Path()}
		if !at.Start.IsZero() {
			args["StartsTime"] = mail.TimeArg(at.Start, of.Zone)
		}
		return mail.Letter{Kind: "session_seat", Args: args}, nil
	})
}

// write puts letters into the outbox, to those who have an address and want mails of
// the programme's group.
func (p *Programmes) write(tx *store.Tx, of Programme, to []reader, letter func(reader) (mail.Letter, error)) error {
	to = slices.DeleteFunc(slices.Clone(to), func(r reader) bool { return r.Email == "" })
	if len(to) == 0 {
		return nil
	}
	var group int64
	if err := tx.Table("threads").Select("group_id").Where("id = ?", of.ThreadID).Row().Scan(&group); err != nil {
		return fmt.Errorf("find the group of programme %d: %w", of.ID, err)
	}
	mailings, err := p.polls.Letters().Mailings(tx, group, idsOf(to))
	if err != nil {
		return err
	}
	for _, r := range to {
		if !mailings[r.ID].Wanted {
			continue
		}
		l, err := letter(r)
		if err != nil {
			return err
		}
		l.To, l.Person, l.Language = mail.Address{Name: r.Name, Email: r.Email}, r.ID, r.Language
		l.Args["UnsubscribePath"] = mailings[r.ID].Path
		if err := p.groups.Post(tx, l); err != nil {
			return err
		}
	}
	return nil
}
