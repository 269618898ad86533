package notify

import (
	"context"
	"fmt"
	htmltemplate "html/template"
	"net/url"
	"slices"
	"strings"
	texttemplate "text/template"
	"unicode"

	"plenary/pkg/i18n"
	"plenary/pkg/mail"
	"plenary/templates"
)

// paper is what letters are written on.
type paper struct {
	html *htmltemplate.Template
	text *texttemplate.Template
}

func readPaper() (paper, error) {
	html, err := htmltemplate.ParseFS(templates.Files, "mail/letter.html")
	if err != nil {
		return paper{}, fmt.Errorf("read the paper of letters: %w", err)
	}
	text, err := texttemplate.New("letter.txt").Funcs(texttemplate.FuncMap{"wrap": wrap}).ParseFS(templates.Files, "mail/letter.txt")
	if err != nil {
		return paper{}, fmt.Errorf("read the paper of letters: %w", err)
	}
	return paper{html, text}, nil
}

// Written is a letter in words.
type Written struct {
	Forum   string
	Subject string
	Text    string
	HTML    string
	Links   []string // whole addresses that stand in it

	Unsubscribe string // the address to end letters like it; empty where they cannot be
}

// sheet is what the templates get.
type sheet struct {
	Lang, Dir string
	Forum     string
	Home      string // the forum's address
	Subject   string
	Lead      []string // paragraphs
	CodeLine  string   // above the code
	Code      string
	Button    string
	URL       string // where the button leads; empty where there is none
	LinkLine  string // above the bare address
	Note      []string
	Record    string // the head of the record that the letter is about; empty for none
	RecordURL string
	Inbox     string // that more stands in the inbox; empty for letters about nothing that does
	InboxURL  string
	Stop      string // what the reader can end; empty where nothing
	StopURL   string
	For       string // whom the letter is for
}

// inInbox are the letters about what stands in their reader's inbox, too.
var inInbox = map[string]bool{"join_asked": true, "join_approved": true, "join_declined": true,
	"session_seat": true, "sessions_changed": true, "event_cancelled": true, "event_resumed": true, "proxy_named": true, "proxy_ended": true}

// write puts the letter into the words of its reader's language.
func (o *Outbox) write(ctx context.Context, l mail.Letter) (Written, error) {
	forum, err := o.way.Forum(ctx)
	if err != nil {
		return Written{}, fmt.Errorf("write a letter of kind %s: %w", l.Kind, err)
	}
	words := o.words.Localizer(o.words.Match(l.Language))
	args, links, err := o.args(l, forum, words)
	if err != nil {
		return Written{}, err
	}
	s := o.sheet(words, l, args)
	w := Written{Forum: forum, Subject: s.Subject, Links: links, Unsubscribe: s.StopURL}
	var html, text strings.Builder
	if err := o.paper.html.Execute(&html, s); err != nil {
		return Written{}, fmt.Errorf("write a letter of kind %s: %w", l.Kind, err)
	}
	if err := o.paper.text.Execute(&text, s); err != nil {
		return Written{}, fmt.Errorf("write a letter of kind %s: %w", l.Kind, err)
	}
	w.HTML, w.Text = html.String(), text.String()
	return w, nil
}

func (o *Outbox) sheet(words *i18n.Localizer, l mail.Letter, args i18n.Args) sheet {
	say := func(part string) string {
		key := "mail." + l.Kind + "." + part
		if !words.Has(key) {
			return ""
		}
		return words.T(key, args)
	}
	s := sheet{Lang: words.Lang(), Dir: words.Dir(), Forum: args["Forum"].(string), Home: o.way.Base.String(),
		Subject: strings.Join(strings.Fields(say("subject")), " "), Lead: paragraphs(say("lead")), Note: paragraphs(say("note")),
		For: words.T("mail.frame.for", i18n.Args{"Email": l.To.Email, "Forum": args["Forum"]})}
	if l.To.Name != "" {
		s.For = words.T("mail.frame.for_named", i18n.Args{"Name": tidy(l.To.Name), "Email": l.To.Email, "Forum": args["Forum"]})
	}
	if code, given := args["Code"].(string); given {
		s.Code, s.CodeLine = code, say("code")
	}
	if path, given := args["Path"].(string); given {
		s.URL, s.Button, s.LinkLine = path, say("button"), words.T("mail.frame.link")
	}
	if url, given := args["RecordPath"].(string); given {
		s.Record, s.RecordURL = words.T("mail.frame.record", args), url
	}
	if inInbox[l.Kind] || strings.HasPrefix(l.Kind, "theme_") {
		s.Inbox, s.InboxURL = words.T("mail.frame.inbox"), o.address("/inbox")
	}
	if url, given := args["UnsubscribePath"].(string); given {
		s.Stop, s.StopURL = words.T("mail.frame.unsubscribe"), url
	}
	return s
}

// args are the letter's values without what would disturb its words, with whole
// addresses in place of paths, and with times and sentences in the reader's words.
// links are the addresses, each once, the main one first.
func (o *Outbox) args(l mail.Letter, forum string, words *i18n.Localizer) (args i18n.Args, links []string, err error) {
	args = i18n.Args{"Forum": tidy(forum), "Email": l.To.Email}
	for name, value := range l.Args {
		said := value
		switch {
		case strings.HasSuffix(name, "Path"):
			address := o.address(value)
			args[name] = address
			links = append(links, address)
			continue
		case value == "":
		case strings.HasSuffix(name, "Time"):
			said, err = sayTime(words, value)
		case strings.HasSuffix(name, "Sentence"):
			said, err = saySentence(words, value)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("write a letter of kind %s: %w", l.Kind, err)
		}
		args[name] = tidy(said)
	}
	slices.Sort(links)
	links = slices.Compact(links)
	if main, ok := args["Path"].(string); ok {
		at := slices.Index(links, main)
		links = slices.Insert(slices.Delete(links, at, at+1), 0, main)
	}
	return args, links, nil
}

// address is a whole one below the forum's own, whatever the path tries.
func (o *Outbox) address(path string) string {
	u, err := url.Parse("/" + strings.TrimLeft(path, "/\\"))
	if err != nil {
		return o.way.Base.String()
	}
	u.Scheme, u.Host, u.User = o.way.Base.Scheme, o.way.Base.Host, nil
	return u.String()
}

// tidy is the text without control characters, and without those that turn the
// reading direction around for what follows.
func tidy(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
}

func paragraphs(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// lineLength is where lines of plain text end, as people are used to.
const lineLength = 72

// wrap breaks the lines of a text between words. An address stays whole.
func wrap(text string) string {
	var lines []string
	for old := range strings.SplitSeq(text, "\n") {
		line, length := "", 0
		for _, word := range strings.Fields(old) {
			n := len([]rune(word))
			if length > 0 && length+1+n > lineLength {
				lines = append(lines, line)
				line, length = "", 0
			}
			if length > 0 {
				line, length = line+" ", length+1
			}
			line, length = line+word, length+n
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
