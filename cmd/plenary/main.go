// Command plenary runs the forum and everything that is done to it from the
// command line.
//
// Exit codes: 0 done, 1 failed, 2 wrong usage. Errors go to standard error, one
// line: what is wrong, and what to do.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"plenary/pkg/errs"
	"plenary/pkg/i18n"
)

// version is set when the program is built.
var version = "dev"

type commands struct {
	Config kong.ConfigFlag `help:"JSON file with settings, named like the flags." placeholder:"FILE" env:"PLENARY_CONFIG"`

	Serve   serveCommand   `cmd:"" help:"Run the forum."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to this version."`
	User    struct {
		Add      userAddCommand      `cmd:"" help:"Add a person and print the handle."`
		Password userPasswordCommand `cmd:"" help:"Set a person's password; it ends their sessions."`
	} `cmd:"" help:"People."`
	Token struct {
		Create tokenCreateCommand `cmd:"" help:"Make an API token and print it."`
	} `cmd:"" help:"API tokens."`
	Group struct {
		Add  groupAddCommand  `cmd:"" help:"Add a group and print the handle."`
		Join groupJoinCommand `cmd:"" help:"Make a person a member of a group."`
	} `cmd:"" help:"Groups."`
	Import struct {
		Transcript importTranscriptCommand `cmd:"" help:"Import the text of a Loomio thread."`
	} `cmd:"" help:"Bring discussions in."`
	Demo    demoCommand    `cmd:"" help:"Fill an empty forum with a made-up assembly."`
	Tally   tallyCommand   `cmd:"" help:"Count ballot files."`
	Recount recountCommand `cmd:"" help:"Check the export of a poll: chain, signature, count. No network, no database."`
	Health  healthCommand  `cmd:"" help:"Ask a running forum whether it is well; for container health checks."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// tools is what a command gets to work with.
type tools struct {
	ctx    context.Context
	in     io.Reader
	out    io.Writer
	stderr io.Writer
}

func main() {
	os.Exit(run(untilSignalled(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// untilSignalled gives a context that ends with the first SIGINT or SIGTERM. A
// second one ends the program at once.
func untilSignalled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(1)
	}()
	return ctx
}

// run carries out one command line and gives the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, stderr io.Writer) int {
	var c commands
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("plenary"),
		kong.Description("A forum in which cooperatives talk, propose themes, vote and publish what was decided."),
		kong.UsageOnError(),
		kong.Writers(out, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.Configuration(settingsFile),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
	)
	if err != nil {
		fmt.Fprintln(stderr, "plenary:", err)
		return 1
	}
	parsed, err := parser.Parse(helpWord(args))
	if exit >= 0 { // help was asked for, and given
		return exit
	}
	if err != nil {
		fmt.Fprintf(stderr, "plenary: %s; see: plenary help\n", oneLine(err))
		return 2
	}
	if err := parsed.Run(&tools{ctx: ctx, in: in, out: out, stderr: stderr}); err != nil {
		fmt.Fprintln(stderr, "plenary:", oneLine(err))
		if errors.Is(err, errUsage) {
			return 2
		}
		return 1
	}
	return 0
}

// errUsage marks an error in how a command was called.
var errUsage = errors.New("wrong usage")

// helpWord lets "plenary help serve" do what "plenary serve --help" does.
func helpWord(args []string) []string {
	if len(args) == 0 {
		return []string{"--help"}
	}
	if args[0] == "help" {
		return append(slices.Clone(args[1:]), "--help")
	}
	return args
}

// oneLine puts an error into words: the catalogue's where it has a message for
// people, with the fields that were wrong.
func oneLine(err error) string {
	text := err.Error()
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind != errs.Internal {
		if bundle, broken := i18n.Load(); broken == nil {
			text = inWords(e, bundle.Localizer("en"))
		}
	}
	return strings.Join(strings.Fields(text), " ")
}

func inWords(e *errs.Error, words *i18n.Localizer) string {
	if len(e.Fields) == 0 {
		return words.T(e.Code, e.Args)
	}
	var parts []string
	for name, text := range e.Fields {
		parts = append(parts, "--"+name+": "+words.T(text.Code, text.Args))
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// quietLog reports only what went wrong, for commands that print their result.
func (t *tools) quietLog() *slog.Logger {
	return slog.New(slog.NewTextHandler(t.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
