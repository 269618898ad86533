package programme

import (
	"context"
	"fmt"
	"html/template"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/forum"
	"plenary/pkg/markup"
	"plenary/pkg/poll"
	"plenary/pkg/store"
)

// Talk is the discussion of a session, and what came of it.
type Talk struct {
	Thread   forum.Thread
	Polls    []poll.Poll // those that are asked, without those that were decided
	Outcomes []poll.Poll // those with an outcome
}

// Talk reads the discussion of a session. Errors: NotFound where there is none or
// the actor may not read it.
func (p *Programmes) Talk(ctx context.Context, who access.Actor, s Session) (Talk, error) {
	if s.ThreadID == 0 {
		return Talk{}, errs.New(errs.NotFound, "error.not_found")
	}
	thread, err := p.forum.Thread(ctx, who, s.ThreadID)
	if err != nil {
		return Talk{}, err
	}
	polls, err := p.polls.OfThread(ctx, who, s.ThreadID)
	if err != nil {
		return Talk{}, err
	}
	out := Talk{Thread: thread}
	for _, one := range polls {
		switch {
		case one.Outcome != nil:
			out.Outcomes = append(out.Outcomes, one)
		case one.State != access.Draft:
			out.Polls = append(out.Polls, one)
		}
	}
	return out, nil
}

// OpenTalk opens the discussion of a session that was published, and gives its id.
// Whoever may read the programme may read it; it is in no list of the group. Where
// there is one already nothing is changed. Errors: by access.EditProgramme; Conflict
// "attend.not_published" and "programme.session_cancelled".
func (p *Programmes) OpenTalk(ctx context.Context, who access.Actor, session int64) (int64, error) {
	_, s, err := p.publishedSession(ctx, who, session)
	if err != nil {
		return 0, err
	}
	if err := access.Check(who, access.EditProgramme, s.facts); err != nil {
		return 0, err
	}
	if !who.SignedIn() {
		return 0, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	return p.openTalk(ctx, who, session)
}

func (p *Programmes) openTalk(ctx context.Context, who access.Actor, session int64) (thread int64, err error) {
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		of, s, err := p.LockSession(tx, who, session)
		if err != nil {
			return err
		}
		if err := access.Check(who, access.EditProgramme, s.facts); err != nil {
			return err
		}
		if thread = s.ThreadID; thread != 0 {
			return nil
		}
		kept, err := published(tx.DB, []int64{of.ID})
		if err != nil {
			return err
		}
		words, ok := kept[of.ID].talk(of, session)
		switch {
		case !ok:
			return errs.New(errs.Conflict, "attend.not_published")
		case words.state == Cancelled:
			return errs.New(errs.Conflict, "programme.session_cancelled")
		}
		now := p.now()
		thread, err = p.forum.Beside(tx, who, of.ThreadID, of.ID, words.title, words.body, words.html, now)
		if err != nil {
			return err
		}
		if err := tx.Exec("UPDATE programme_sessions SET thread_id = ? WHERE id = ?", thread, session).Error; err != nil {
			return fmt.Errorf("give session %d its discussion: %w", session, err)
		}
		_, err = forum.Tell(tx, of.event(event.SessionDiscussed, who.Person, session, now), map[string]any{"thread": thread})
		return err
	})
	return thread, err
}

// OpenTalks opens the discussions of all sessions that were published and have none,
// and says how many it has opened. Errors: by access.EditProgramme; Conflict
// "programme.state_draft".
func (p *Programmes) OpenTalks(ctx context.Context, who access.Actor, id int64) (int, error) {
	plan, err := p.Published(ctx, who, id)
	if err != nil {
		return 0, err
	}
	if err := access.Check(who, access.EditProgramme, plan.facts); err != nil {
		return 0, err
	}
	if !who.SignedIn() {
		return 0, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	opened := 0
	for _, s := range plan.Sessions {
		if s.ThreadID != 0 || s.State == Cancelled {
			continue
		}
		if _, err := p.openTalk(ctx, who, s.ID); err != nil {
			return opened, err
		}
		opened++
	}
	return opened, nil
}

// talkWords are the words of a session's discussion.
type talkWords struct {
	title, body, html string
	state             State
}

// talk is what the discussion of a session is called and begins with: a link to the
// session in its programme, and its description. What was published counts.
func (s snapshot) talk(of Programme, session int64) (talkWords, bool) {
	for _, k := range s.Sessions {
		if k.ID != session {
			continue
		}
		path := Session{ID: k.ID, ProgrammeID: of.ID}.Path()
		w := talkWords{title: k.Title, state: k.State, body: "[" + linkWords.Replace(s.Title) + "](" + path + ")",
			html: `<p><a href="` + path + `">` + template.HTMLEscapeString(s.Title) + "</a></p>\n"}
		if whole := w.body + "\n\n" + k.Description; k.Description != "" && len(whole) <= markup.MaxBytes {
			w.body, w.html = whole, w.html+k.DescriptionHTML
		}
		return w, true
	}
	return talkWords{}, false
}

// linkWords keeps what has a meaning in Markdown from having one in a link's words.
var linkWords = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "*", `\*`, "_", `\_`, "`", "\\`", "<", `\<`, "&", `\&`, "~", `\~`)

// rewordTalks makes the discussions of sessions say what was published of them. by
// is who published it.
func (p *Programmes) rewordTalks(ctx context.Context, of Programme, kept snapshot, by int64, now time.Time) error {
	var rows []struct {
		ID, ThreadID int64
		Title, Body  string
	}
	err := p.db.Read(ctx).Table("programme_sessions AS s").Select("s.id, s.thread_id, t.title, t.body").
		Joins("JOIN threads AS t ON t.id = s.thread_id").Where("s.programme_id = ?", of.ID).Order("s.id").Find(&rows).Error
	if err != nil {
		return store.Translate(fmt.Errorf("read the discussions of programme %d: %w", of.ID, err))
	}
	who := access.Actor{Person: by}
	for _, r := range rows {
		words, ok := kept.talk(of, r.ID)
		if !ok || words.title == r.Title && words.body == r.Body {
			continue
		}
		err := p.db.Write(ctx, func(tx *store.Tx) error {
			if _, err := p.forum.LockThread(tx, who, r.ThreadID); err != nil {
				return err
			}
			return p.forum.Reword(tx, who, r.ThreadID, words.title, words.body, words.html, now)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
