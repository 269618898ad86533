package theme

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/mail"
	"plenary/pkg/markup"
	"plenary/pkg/store"
)

// news is something about a theme that people are told in their inboxes, and by mail
// where there is a letter for it and they want such mails.
type news struct {
	kind   event.Kind
	by     int64 // who did it, and is not told; 0 for the forum itself
	at     time.Time
	to     []int64        // whom it concerns
	knows  []int64        // who reads it in the inbox already, as somebody named in the comment
	data   map[string]any // what the event keeps
	letter string         // the kind of the letter; empty for none
	args   map[string]string
	until  *store.Time // told in the reader's own zone; nil for none
	below  string      // the place on the theme's page that the letter leads to
}

// hearer is somebody who is told. Email is empty where there is none that the person
// has confirmed.
type hearer struct {
	ID                          int64
	Name, Email, Language, Zone string
	Home                        int64 // the home group of the thread
}

// tell is the one place in which it is decided who hears about a theme: those whom
// it concerns, each once, but for who did it, and for those who may not read the
// thread any more.
func (t *Themes) tell(tx *store.Tx, of Theme, n news) error {
	if len(n.to) == 0 {
		return nil
	}
	var to []hearer
	err := tx.Raw(`SELECT a.id, a.name, a.language, a.time_zone AS zone, t.group_id AS home,
			CASE WHEN a.email_confirmed_at IS NULL THEN '' ELSE COALESCE(a.email, '') END AS email
		FROM people AS a JOIN threads AS t ON t.id = ? WHERE a.id IN ? AND a.id <> ? AND a.disabled_at IS NULL AND a.erased_at IS NULL
		AND `+access.VisibleThreadsAs("a.id")+" ORDER BY a.id", of.ThreadID, n.to, n.by).Scan(&to).Error
	if err != nil {
		return fmt.Errorf("find whom to tell of %s about theme %d: %w", n.kind, of.ID, err)
	}
	e := event.Event{Kind: n.kind, At: n.at, Actor: n.by, Thread: of.ThreadID, Subject: of.ID}
	if len(n.data) > 0 {
		if e.Data, err = json.Marshal(n.data); err != nil {
			return fmt.Errorf("write the data of %s: %w", n.kind, err)
		}
	}
	var inboxes []int64
	for _, one := range to {
		if !slices.Contains(n.knows, one.ID) {
			inboxes = append(inboxes, one.ID)
		}
	}
	if err := tx.EmitToInboxes(e, inboxes); err != nil {
		return err
	}
	if n.letter == "" {
		return nil
	}
	return t.write(tx, of, n, to)
}

// write puts letters into the outbox, to those who have an address and want mails of
// the theme's group.
func (t *Themes) write(tx *store.Tx, of Theme, n news, to []hearer) error {
	to = slices.DeleteFunc(slices.Clone(to), func(h hearer) bool { return h.Email == "" })
	if len(to) == 0 {
		return nil
	}
	ids := make([]int64, len(to))
	for i, h := range to {
		ids[i] = h.ID
	}
	mailings, err := t.polls.Letters().Mailings(tx, to[0].Home, ids)
	if err != nil {
		return err
	}
	var by []string
	if err := tx.Table("people").Where("id = ?", n.by).Pluck("name", &by).Error; err != nil {
		return fmt.Errorf("read who told of theme %d: %w", of.ID, err)
	}
	for _, h := range to {
		if !mailings[h.ID].Wanted {
			continue
		}
		args := map[string]string{"Theme": of.Title, "Name": "", "Reason": "", "Path": "/themes/" + strconv.FormatInt(of.ID, 10) + n.below,
			"UnsubscribePath": mailings[h.ID].Path}
		if len(by) > 0 {
			args["Name"] = by[0]
		}
		for name, value := range n.args {
			args[name] = value
		}
		if n.until != nil {
			args["UntilTime"] = mail.TimeArg(n.until.Time, h.Zone)
		}
		l := mail.Letter{Kind: n.letter, To: mail.Address{Name: h.Name, Email: h.Email}, Person: h.ID, Language: h.Language, Args: args}
		if err := t.groups.Post(tx, l); err != nil {
			return err
		}
	}
	return nil
}

// toProposers are news to those who propose the theme, or, where nobody with an
// account does, to the convenor who put it forward.
func (t Theme) toProposers(kind event.Kind, by int64, at time.Time) news {
	return news{kind: kind, by: by, at: at, to: t.answerers()}
}

// stepLetters are the changes of a theme's state by others that its proposers have a
// letter about. The others they find in their inboxes.
var stepLetters = map[event.Kind]string{
	event.ThemeShortlisted: "theme_shortlisted",
	event.ThemeDeclined:    "theme_declined",
	event.ThemeReopened:    "theme_reopened",
	event.ThemeScheduled:   "theme_scheduled",
}

// wordsInLetter is how many characters of a comment stand in a letter.
const wordsInLetter = 400

func letterWords(body string) string { return markup.Excerpt(body, wordsInLetter) }
