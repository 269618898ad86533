package event_test

import (
	"testing"

	"plenary/pkg/event"
)

func TestTopicsAreReadBackAsTheyWereWritten(t *testing.T) {
	for _, want := range []event.Topic{event.Thread(1), event.Group(42), event.Inbox(1 << 40)} {
		got, err := event.ParseTopic(want.String())
		if err != nil || got != want {
			t.Errorf("ParseTopic(%q) = %v, %v", want.String(), got, err)
		}
	}
	for _, bad := range []string{"", "thread", "thread.", "thread.x", "thread.0", "thread.-1", "poll.3", "thread.1.2"} {
		if got, err := event.ParseTopic(bad); err == nil {
			t.Errorf("ParseTopic(%q) = %v, want an error", bad, got)
		}
	}
}

func TestVotesAndReactionsAreNotItemsOfTheTimeline(t *testing.T) {
	for kind, want := range map[event.Kind]bool{
		event.CommentCreated: true, event.PollOpened: true, event.OutcomePublished: true,
		event.PollVoted: false, event.CommentReacted: false, event.ThemeSupported: false, event.CommentEdited: false,
	} {
		if kind.Shown() != want {
			t.Errorf("%s.Shown() = %v", kind, !want)
		}
	}
}

func TestOnlyFiguresAreRepainted(t *testing.T) {
	for kind, want := range map[event.Kind]bool{
		event.PollVoted: true, event.PollUndecided: true, event.ThemeSupported: true, event.CommentUnreacted: true,
		event.PollClosed: false, event.PollEdited: false, event.CommentCreated: false, event.CommentEdited: false,
	} {
		if kind.Repaints() != want || want && kind.Shown() {
			t.Errorf("%s.Repaints() = %v", kind, !want)
		}
	}
}

func TestTheNounTellsWhatTheSubjectIs(t *testing.T) {
	if got := event.OutcomePublished.Noun(); got != "outcome" {
		t.Errorf("Noun() = %q", got)
	}
}
