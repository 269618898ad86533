package poll

import (
	"fmt"
	"maps"
	"strconv"

	"plenary/pkg/access"
	"plenary/pkg/mail"
	"plenary/pkg/person"
	"plenary/pkg/store"
)

// letter is the one beginning of every letter about a poll: with its title, and in
// its foot the head of its log, as it is within the transaction, and where that is
// checked. Drafts have no log yet and polls of before there were any have none; of
// the zero Poll, where a letter is about all polls of a group, nothing is said.
func (p Poll) letter(kind string, more map[string]string) mail.Letter {
	args := map[string]string{"Poll": p.Title}
	if p.Logged() {
		args["RecordNumber"], args["RecordHash"] = strconv.FormatInt(p.Head.Number, 10), p.Head.Hash.String()
		args["RecordPath"] = p.path() + "/check"
	}
	maps.Copy(args, more)
	return mail.Letter{Kind: kind, Args: args}
}

func (p Poll) path() string { return fmt.Sprintf("/p/%d", p.ID) }

// reader is somebody whom letters about a poll reach: an account with a confirmed
// address, or a guest of the poll.
type reader struct {
	ID       int64
	Name     string
	Email    string
	Language string
	Zone     string // the reader's own, else that of whoever made the poll; empty where neither is known
	Guest    int64  // among the poll's guests; 0 for an account
	Voted    bool
	Wants    Wants
	Token    string // to unsubscribe; empty until there is one

	link string // of a guest, where there is one already
}

// audience chooses readers by a condition on people AS a, in a query that also has
// the poll AS p and its thread AS t.
type audience struct {
	where string
	args  map[string]any
	after int64 // by their ids
	most  int
}

// readers lists whom letters about the poll reach, in the order of their ids.
func readers(tx *store.Tx, of Poll, who audience) ([]reader, error) {
	args := map[string]any{"poll": of.ID, "after": who.after, "most": who.most}
	maps.Copy(args, who.args)
	var out []reader
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
		AND (`+who.where+`) ORDER BY a.id LIMIT @most`, args).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("find whom to write to about poll %d: %w", of.ID, err)
	}
	for i := range out {
		if out[i].Wants == "" {
			out[i].Wants = AllMails
		}
	}
	return out, nil
}

// write puts a letter about the poll to a reader into the outbox. Guests get a link
// of their own in it.
func (p *Polls) write(tx *store.Tx, of Poll, to reader, kind string, more map[string]string) error {
	path := of.path()
	if to.Guest != 0 {
		if to.link == "" {
			link, err := p.addLink(tx, to.Guest)
			if err != nil {
				return err
			}
			to.link = link
		}
		path += "/guest/" + to.link
	}
	args := map[string]string{"Path": path, "UnsubscribePath": "/unsubscribe/" + to.Token}
	if of.ClosesAt != nil && of.State != access.PollEnded {
		args["ClosesTime"] = mail.TimeArg(*of.ClosesAt, to.Zone)
	}
	if of.CollectUntil != nil && of.State == access.PollOpen {
		args["CollectTime"] = mail.TimeArg(*of.CollectUntil, to.Zone)
	}
	maps.Copy(args, more)
	l := of.letter(kind, args)
	l.To, l.Language = mail.Address{Name: to.Name, Email: to.Email}, to.Language
	if to.Guest == 0 {
		l.Person = to.ID
	} else {
		l.Args["Guest"] = "yes"
	}
	return p.groups.Post(tx, l)
}

// addLink gives a guest one more link; those in letters of before hold too.
func (p *Polls) addLink(tx *store.Tx, guest int64) (string, error) {
	token, digest, err := person.NewSecret(p.random)
	if err != nil {
		return "", err
	}
	if err := tx.Exec("INSERT INTO poll_guest_links (guest_id, token_hash) VALUES (?, ?)", guest, digest).Error; err != nil {
		return "", fmt.Errorf("give guest %d another link: %w", guest, err)
	}
	return token, nil
}

// notice is a letter about somebody's own vote: they are told of it whatever mails
// about polls they want.
func (p *Polls) notice(tx *store.Tx, of Poll, to int64, kind string, more map[string]string) error {
	return p.groups.Tell(tx, to, of.letter(kind, more))
}
