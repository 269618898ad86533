package letters

import (
	"fmt"
	"maps"
	"strconv"
	"time"

	"plenary/pkg/ledger"
	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// About is what a letter is about: a poll or, with nothing but zeros, all polls of a
// group.
type About struct {
	Poll         int64
	Title        string
	Head         ledger.Head // of its log; zero in a draft, and where it has none
	ClosesAt     *time.Time  // nil where it does not, or has closed
	CollectUntil *time.Time  // nil where it does not take options, or no more
}

// Path is where the poll is.
func (a About) Path() string { return fmt.Sprintf("/p/%d", a.Poll) }

// letter is the one beginning of every letter about a poll: with its title, and in
// its foot the head of its log, as it is within the transaction, and where that is
// checked. Drafts have no log yet and polls of before there were any have none; of
// the zero About, where a letter is about all polls of a group, nothing is said.
func (a About) letter(kind string, more map[string]string) mail.Letter {
	args := map[string]string{"Poll": a.Title}
	if a.Head.Number > 0 {
		args["RecordNumber"], args["RecordHash"] = strconv.FormatInt(a.Head.Number, 10), a.Head.Hash.String()
		args["RecordPath"] = a.Path() + "/check"
	}
	maps.Copy(args, more)
	return mail.Letter{Kind: kind, Args: args}
}

// Reader is somebody whom letters about a poll reach: an account with a confirmed
// address, or a guest of the poll.
type Reader struct {
	ID       int64
	Name     string
	Email    string
	Language string
	Zone     string // the reader's own, else that of whoever made the poll; empty where neither is known
	Guest    int64  // among the poll's guests; 0 for an account
	Voted    bool
	Wants    Wants
	Token    string // to unsubscribe; empty until there is one

	Link string // of a guest, where there is one already; not stored, and not found
}

// Audience chooses readers by a condition on people AS a, in a query that also has
// the poll AS p and its thread AS t.
type Audience struct {
	Where string
	Args  map[string]any // beside @poll, @after and @most
	After int64          // by their ids
	Most  int
}

// Readers lists whom letters about a poll reach, in the order of their ids.
func Readers(tx *store.Tx, poll int64, who Audience) ([]Reader, error) {
	args := map[string]any{"poll": poll, "after": who.After, "most": who.Most}
	maps.Copy(args, who.Args)
	var out []Reader
	err := tx.Raw(`SELECT a.id, a.name, COALESCE(q.email, a.email) AS email, COALESCE(l.language, a.language) AS language,
		CASE WHEN a.time_zone = '' THEN o.time_zone ELSE a.time_zone END AS zone, COALESCE(q.id, 0) AS guest,
		v.voted_at IS NOT NULL AS voted, COALESCE(w.wants, '') AS wants, COALESCE(w.token, '') AS token
		FROM people AS a JOIN polls AS p ON p.id = @poll JOIN threads AS t ON t.id = p.thread_id JOIN people AS o ON o.id = p.author_id
		LEFT JOIN poll_voters AS v ON v.poll_id = p.id AND v.person_id = a.id AND v.removed_at IS NULL
		LEFT JOIN poll_guests AS q ON a.guest AND q.poll_id = p.id AND q.person_id = a.id AND q.revoked_at IS NULL
		LEFT JOIN people AS l ON l.email = q.email
		LEFT JOIN poll_mails AS w ON w.person_id = a.id AND w.group_id = t.group_id
		WHERE a.id > @after AND a.disabled_at IS NULL AND a.erased_at IS NULL
		AND CASE WHEN a.guest THEN q.id IS NOT NULL ELSE a.email IS NOT NULL AND a.email_confirmed_at IS NOT NULL END
		AND (`+who.Where+`) ORDER BY a.id LIMIT @most`, args).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("find whom to write to about poll %d: %w", poll, err)
	}
	for i := range out {
		if out[i].Wants == "" {
			out[i].Wants = AllMails
		}
	}
	return out, nil
}

// Write puts a letter about the poll to a reader into the outbox. Guests get a link
// of their own in it.
func (l *Letters) Write(tx *store.Tx, of About, to Reader, kind string, more map[string]string) error {
	path := of.Path()
	if to.Guest != 0 {
		if to.Link == "" {
			link, err := l.addLink(tx, to.Guest)
			if err != nil {
				return err
			}
			to.Link = link
		}
		path += "/guest/" + to.Link
	}
	args := map[string]string{"Path": path, "UnsubscribePath": "/unsubscribe/" + to.Token}
	if of.ClosesAt != nil {
		args["ClosesTime"] = mail.TimeArg(*of.ClosesAt, to.Zone)
	}
	if of.CollectUntil != nil {
		args["CollectTime"] = mail.TimeArg(*of.CollectUntil, to.Zone)
	}
	maps.Copy(args, more)
	out := of.letter(kind, args)
	out.To, out.Language = mail.Address{Name: to.Name, Email: to.Email}, to.Language
	if to.Guest == 0 {
		out.Person = to.ID
	} else {
		out.Args["Guest"] = "yes"
	}
	return l.groups.Post(tx, out)
}

// addLink gives a guest one more link; those in letters of before hold too.
func (l *Letters) addLink(tx *store.Tx, guest int64) (string, error) {
	token, digest, err := person.NewSecret(l.random)
	if err != nil {
		return "", err
	}
	if err := tx.Exec("INSERT INTO poll_guest_links (guest_id, token_hash) VALUES (?, ?)", guest, digest).Error; err != nil {
		return "", fmt.Errorf("give guest %d another link: %w", guest, err)
	}
	return token, nil
}

// Notice is a letter about somebody's own vote: they are told of it whatever mails
// about polls they want.
func (l *Letters) Notice(tx *store.Tx, of About, to int64, kind string, more map[string]string) error {
	return l.groups.Tell(tx, to, of.letter(kind, more))
}
