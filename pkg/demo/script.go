package demo

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/BurntSushi/toml"

	"plenary/pkg/access"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
)

//go:embed assembly
var assembly embed.FS

// cast is who takes part, and where: assembly/cast.toml.
type cast struct {
	Founded string // when the groups were made; see when
	Person  []struct {
		Key, Name, Affiliation string
	}
	Group []castGroup
}

type castGroup struct {
	Handle, Name, Description string
	Visibility                access.Visibility
	Admin                     string   // keys of persons
	Moderators, Members       []string // "all" stands for everybody
	Parent                    string   // handle of the group above
	Joining                   access.Joining
	Question                  string            // to who asks to come in
	Titles                    map[string]string // by keys of persons
	Delegates                 []string
	Asking                    []struct{ At, By, Answer string } // who waits at the door
}

// story is a thread, or a poll on its own, and what happens in it: one file in
// assembly/threads.
type story struct {
	File       string `toml:"-"`
	At, By     string
	Group      string
	Title      string
	Text       string
	Visibility access.Visibility
	Tags       []string
	Pinned     bool
	Poll       act // of a poll on its own: what is asked; title and text are those of the story
	Act        []act
}

// isPoll reports whether the story is that of a poll on its own.
func (s story) isPoll() bool { return s.Poll.Method != "" }

// act is something that somebody does. Do says what; the other fields are what
// that needs. Persons, comments, themes and polls go by their keys.
type act struct {
	At, By string
	Do     string // comment, edit, delete, propose, withdraw, decline, shortlist, poll, conclude, close, seen, share, invite, programme, group, merge
	Key    string // of what is made, where a later act needs it
	On     string // what is edited, deleted, withdrawn, declined or concluded; in a comment, the theme that it is about
	Reply  string // comment
	Title  string // poll
	Text   string // Markdown; the reason of a decline or a close
	React  []string
	Credit bool   // propose: the comment's author is the proposer
	From   string // propose: the comment that the themes come from
	Theme  []actTheme
	Themes []string // shortlist; group: what is put under the new theme
	Who    []string // seen: persons; "all" for everybody in the group. invite: guests of the thread
	Into   string   // share: handle of a group; merge: the theme that the other becomes part of
	Event  string   // programme: the name of its file

	Method  tally.Method // poll
	Options []string     // poll: labels; none for those of the shortlist
	Closes  string
	Quorum  string // a part of those who may vote, such as "1/2"
	Seats   int    // how many options win
	Most    int    // options on one ballot
	Results access.Results
	Ballot  []actBallot
	Review  string // conclude: when to look at the outcome again
}

type actTheme struct {
	Key, Title, Text, Quote string
	Support                 []string // persons, one after the other
}

type actBallot struct {
	At, By string
	For    []string // keys of themes, or labels of options
	Text   string   // the reason
}

// rules are the poll's settings for the count.
func (a act) rules() (tally.Rules, error) {
	r := tally.Rules{Method: a.Method, Seats: a.Seats, Max: a.Most}
	if a.Quorum == "" {
		return r, nil
	}
	var err error
	r.Quorum, err = tally.ParseFraction(a.Quorum)
	return r, err
}

// fromShortlist reports whether the poll's options are the shortlisted themes.
func (a act) fromShortlist() bool { return a.Method == tally.Choice && len(a.Options) == 0 }

func (a act) options() []poll.NewOption {
	var out []poll.NewOption
	for _, label := range a.Options {
		out = append(out, poll.NewOption{Label: label})
	}
	return out
}

// read reads the whole play.
func read(files fs.FS) (cast, []story, error) {
	var who cast
	if err := decode(files, "assembly/cast.toml", &who); err != nil {
		return cast{}, nil, err
	}
	names, err := fs.Glob(files, "assembly/threads/*.toml")
	if err != nil {
		return cast{}, nil, fmt.Errorf("list the threads of the assembly: %w", err)
	}
	var stories []story
	for _, name := range names {
		s := story{File: name}
		if err := decode(files, name, &s); err != nil {
			return cast{}, nil, err
		}
		stories = append(stories, s)
	}
	if len(stories) == 0 {
		return cast{}, nil, errors.New("the assembly has no threads")
	}
	return who, stories, nil
}

// decode reads a file and refuses names that mean nothing, so that no slip of
// the pen leaves something out in silence.
func decode(files fs.FS, name string, into any) error {
	meta, err := toml.DecodeFS(files, name, into)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	var unknown []string
	for _, key := range meta.Undecoded() {
		unknown = append(unknown, key.String())
	}
	if len(unknown) > 0 {
		return fmt.Errorf("read %s: unknown names: %s", name, strings.Join(unknown, ", "))
	}
	return nil
}
