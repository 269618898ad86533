package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
	"plenary/pkg/theme"
)

// on finds who acts and what they act on.
func (sc *scene) on(by, what string, in map[string]int64, key string) (access.Actor, int64, error) {
	who, err := sc.actor(by)
	if err != nil {
		return who, 0, err
	}
	id, err := lookUp(what, in, key)
	return who, id, err
}

func (sc *scene) comment(ctx context.Context, a act) error {
	who, err := sc.actor(a.By)
	if err != nil {
		return err
	}
	in := forum.NewComment{Body: sc.text(a.Text)}
	if a.Reply != "" {
		if in.ParentID, err = lookUp("comment", sc.comments, a.Reply); err != nil {
			return err
		}
	}
	var made forum.Comment
	if a.On == "" {
		made, err = sc.forum.Post(ctx, who, sc.thread, in)
	} else {
		var about int64
		if about, err = lookUp("theme", sc.theme, a.On); err != nil {
			return err
		}
		made, err = sc.themes.Comment(ctx, who, about, in)
	}
	if err != nil {
		return err
	}
	sc.guide.Comments++
	return name("comment", sc.comments, a.Key, made.ID)
}

// name remembers under which key something is known from now on.
func name(what string, in map[string]int64, key string, id int64) error {
	if key == "" {
		return nil
	}
	if in[key] != 0 {
		return fmt.Errorf("there are two of %s %q", what, key)
	}
	in[key] = id
	return nil
}

func (sc *scene) edit(ctx context.Context, a act) error {
	who, id, err := sc.on(a.By, "comment", sc.comments, a.On)
	if err != nil {
		return err
	}
	_, err = sc.forum.EditComment(ctx, who, id, forum.CommentEdit{Body: sc.text(a.Text)})
	return err
}

func (sc *scene) remove(ctx context.Context, a act) error {
	who, id, err := sc.on(a.By, "comment", sc.comments, a.On)
	if err != nil {
		return err
	}
	return sc.forum.DeleteComment(ctx, who, id)
}

func (sc *scene) react(ctx context.Context, by, key, emoji string) error {
	who, id, err := sc.on(by, "comment", sc.comments, key)
	if err != nil {
		return err
	}
	_, err = sc.forum.React(ctx, who, id, emoji, true)
	return err
}

// share shows the thread in another group as well.
func (sc *scene) share(ctx context.Context, a act) error {
	who, err := sc.actor(a.By)
	if err != nil {
		return err
	}
	_, err = sc.forum.Share(ctx, who, sc.thread, a.Into)
	return err
}

// invite makes people guests of the thread.
func (sc *scene) invite(ctx context.Context, a act) error {
	who, err := sc.actor(a.By)
	if err != nil {
		return err
	}
	for _, key := range a.Who {
		if _, err := sc.actor(key); err != nil {
			return err
		}
		if _, err := sc.forum.AddGuest(ctx, who, sc.thread, sc.handles[key]); err != nil {
			return fmt.Errorf("invite %s: %w", key, err)
		}
	}
	return nil
}

// seen lets people read the thread up to what is there.
func (sc *scene) seen(ctx context.Context, a act) error {
	for _, key := range sc.readers(a.Who) {
		who, err := sc.actor(key)
		if err != nil {
			return err
		}
		thread, err := sc.forum.Thread(ctx, who, sc.thread)
		if err != nil {
			return err
		}
		if err := sc.forum.MarkSeen(ctx, who, sc.thread, thread.LastSeq); err != nil {
			return err
		}
	}
	return nil
}

// readers are the persons named; "all" are the group's members, but not the
// guest, who is named where the guest has read something.
func (sc *scene) readers(named []string) []string {
	all := slices.Contains(named, "all")
	out := slices.DeleteFunc(slices.Clone(named), func(key string) bool { return key == "all" || sc.absent(key) })
	for _, key := range sc.members[sc.Group] {
		if all && key != guestKey {
			out = append(out, key)
		}
	}
	return out
}

func (sc *scene) close(ctx context.Context, a act) error {
	who, err := sc.actor(a.By)
	if err != nil {
		return err
	}
	_, err = sc.forum.Close(ctx, who, sc.thread, sc.text(a.Text))
	return err
}

func (sc *scene) propose(ctx context.Context, a act) error {
	who, err := sc.actor(a.By)
	if err != nil {
		return err
	}
	var from int64
	if a.From != "" {
		if from, err = lookUp("comment", sc.comments, a.From); err != nil {
			return err
		}
	}
	var in []theme.NewTheme
	for _, t := range a.Theme {
		in = append(in, theme.NewTheme{Title: sc.text(t.Title), Description: sc.text(t.Text), FromCommentID: from, Quote: sc.text(t.Quote), CreditAuthor: a.Credit})
	}
	made, err := sc.themes.Propose(ctx, who, sc.thread, in)
	if err != nil {
		return err
	}
	for i, t := range a.Theme {
		sc.guide.Themes++
		if err := name("theme", sc.theme, t.Key, made[i].ID); err != nil {
			return err
		}
	}
	return nil
}

func (sc *scene) support(ctx context.Context, by, key string) error {
	who, id, err := sc.on(by, "theme", sc.theme, key)
	if err != nil {
		return err
	}
	_, err = sc.themes.Support(ctx, who, id)
	return err
}

func (sc *scene) withdraw(ctx context.Context, a act) error {
	who, id, err := sc.on(a.By, "theme", sc.theme, a.On)
	if err != nil {
		return err
	}
	_, err = sc.themes.Withdraw(ctx, who, id)
	return err
}

func (sc *scene) decline(ctx context.Context, a act) error {
	who, id, err := sc.on(a.By, "theme", sc.theme, a.On)
	if err != nil {
		return err
	}
	_, err = sc.themes.Decline(ctx, who, id, sc.text(a.Text))
	return err
}

func (sc *scene) shortlist(ctx context.Context, a act) error {
	for _, key := range a.Themes {
		who, id, err := sc.on(a.By, "theme", sc.theme, key)
		if err != nil {
			return err
		}
		if _, err := sc.themes.Shortlist(ctx, who, id); err != nil {
			return err
		}
	}
	return nil
}

// ask starts a poll: of the shortlist where it is a choice and names no options.
func (sc *scene) ask(ctx context.Context, a act) error {
	who, err := sc.actor(a.By)
	if err != nil {
		return err
	}
	in, err := sc.question(a)
	if err != nil {
		return err
	}
	var made poll.Poll
	if a.fromShortlist() {
		made, err = sc.themes.PollFromShortlist(ctx, who, sc.thread, in)
	} else {
		made, err = sc.polls.Start(ctx, who, sc.thread, in)
	}
	if err != nil {
		return err
	}
	sc.guide.Polls++
	return name("poll", sc.poll, a.Key, made.ID)
}

// startPoll starts the story's poll on its own.
func (sc *scene) startPoll(ctx context.Context, who access.Actor) error {
	a := sc.Poll
	a.Title, a.Text = sc.Title, sc.Text
	in, err := sc.question(a)
	if err != nil {
		return err
	}
	made, err := sc.polls.StartAlone(ctx, who, sc.Group, in, poll.Room{Visibility: sc.Visibility, Tags: sc.Tags})
	if err != nil {
		return err
	}
	sc.thread = made.ThreadID
	sc.guide.Polls++
	return name("poll", sc.poll, a.Key, made.ID)
}

// question is the poll of an act.
func (sc *scene) question(a act) (poll.NewPoll, error) {
	in := poll.NewPoll{Title: sc.text(a.Title), Details: sc.text(a.Text), Method: a.Method, Options: a.options(), Settings: poll.Settings{Results: a.Results}}
	var err error
	if in.ClosesAt, err = when(sc.present, a.Closes); err != nil {
		return in, err
	}
	in.Rules, err = a.rules()
	return in, err
}

func (sc *scene) vote(ctx context.Context, key string, b actBallot) error {
	who, id, err := sc.on(b.By, "poll", sc.poll, key)
	if err != nil {
		return err
	}
	asked, err := sc.polls.Poll(ctx, who, id)
	if err != nil {
		return err
	}
	in := poll.NewBallot{Answer: ledger.Answer{Form: tally.Marks}, Reason: sc.text(b.Text)}
	for _, choice := range b.For {
		option, err := sc.option(asked, choice)
		if err != nil {
			return err
		}
		in.Answer.Chosen = append(in.Answer.Chosen, option)
	}
	_, err = sc.polls.Cast(ctx, who, id, in)
	return err
}

// option finds an option by the key of its theme, or by its label.
func (sc *scene) option(p poll.Poll, choice string) (int64, error) {
	for _, o := range p.Options {
		if o.Label == choice || o.ThemeID != 0 && o.ThemeID == sc.theme[choice] {
			return o.ID, nil
		}
	}
	return 0, fmt.Errorf("poll %q has no option %q", p.Title, choice)
}

func (sc *scene) conclude(ctx context.Context, a act) error {
	who, id, err := sc.on(a.By, "poll", sc.poll, a.On)
	if err != nil {
		return err
	}
	in := poll.NewOutcome{Statement: sc.text(a.Text)}
	if a.Review != "" {
		at, err := when(sc.present, a.Review)
		if err != nil {
			return err
		}
		in.ReviewOn = at.Format(time.DateOnly)
	}
	_, err = sc.polls.Conclude(ctx, who, id, in)
	return err
}
