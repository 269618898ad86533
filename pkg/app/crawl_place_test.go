package app_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/forum"
	"plenary/pkg/group"
	"plenary/pkg/page"
	"plenary/pkg/poll"
	"plenary/pkg/poll/template"
	"plenary/pkg/roster"
	"plenary/pkg/theme"
)

// setting is where things are: what the matrix calls places, and how they stand.
type setting struct {
	name    string
	group   access.Visibility
	thread  access.Visibility
	joining access.Joining // by invitation where empty
	closed  bool           // the discussion
	banned  bool           // the stranger, from the group
	shared  bool           // the thread, into the square
}

var settingsOfCrawl = []setting{
	{name: "public group, public thread", group: access.Public, thread: access.Public, joining: access.JoinOpenly},
	{name: "public group, members' thread", group: access.Public, thread: access.MembersOnly, joining: access.JoinOnRequest},
	{name: "closed group", group: access.Closed, thread: access.MembersOnly},
	{name: "secret group", group: access.Secret, thread: access.MembersOnly},
	{name: "secret group, thread shared into a public one", group: access.Secret, thread: access.MembersOnly, shared: true},
	{name: "public group, public thread, closed", group: access.Public, thread: access.Public, joining: access.JoinOpenly, closed: true},
	{name: "closed group, people ask to join, stranger banned", group: access.Closed, thread: access.MembersOnly, joining: access.JoinOnRequest, banned: true},
}

// square is the public group that threads are shared into. The stranger is a member
// of it, and the administrator a moderator.
const square = "square"

var rolesInSquare = map[string]access.Role{"stranger": access.Member, "administrator": access.Moderator}

func (c *crawl) furnishSquare() {
	c.t.Helper()
	c.running.group(square, "The square", access.Public)
	for name, role := range rolesInSquare {
		_, err := c.Groups.AddMember(c.ctx, access.System(), square, c.handles[name], role)
		c.must(err)
	}
}

// crawlPlace is one of everything in a group of its own.
type crawlPlace struct {
	setting
	handle string
	token  string           // of the link that leads in
	things map[string]int64 // by what doors are about, as far as they are made
}

// part is some of the things of a place. It is made when a door is about one of
// them, and again after they were changed: to make a whole place for each change
// took most of the crawl's time.
type part struct {
	things []string
	on     string // the part that it is made in
	make   func(*crawl, *crawlPlace)
}

var parts = map[string]part{
	"group":      {things: []string{"group"}, make: (*crawl).furnishGroup},
	"entry":      {things: []string{"link", "mailed", "request", "provider"}, on: "group", make: (*crawl).furnishEntry},
	"thread":     {things: []string{"thread", "comment", "file", "guest"}, on: "group", make: (*crawl).furnishThread},
	"themes":     {things: []string{"board", "theme", "declined", "merged", "merge"}, on: "thread", make: (*crawl).furnishThemes},
	"polls":      {things: []string{"open", "draft", "ended"}, on: "thread", make: (*crawl).furnishPolls},
	"programmes": {things: []string{"event", "session", "day", "room", "slot", "calledoff"}, on: "thread", make: (*crawl).furnishProgrammes},
	"templates":  {things: []string{"template"}, on: "polls", make: (*crawl).furnishTemplates},
}

// partOf is the part that a thing is of.
func partOf(about string) string {
	for name, p := range parts {
		if slices.Contains(p.things, about) {
			return name
		}
	}
	panic("the crawl makes no " + about)
}

// furnish sees to it that the thing is there.
func (c *crawl) furnish(p *crawlPlace, about string) {
	c.t.Helper()
	if _, made := p.things[about]; !made {
		c.furnishPart(p, partOf(about))
	}
	if partOf(about) == "programmes" { // whose sessions are about themes
		c.furnish(p, "theme")
	}
}

func (c *crawl) furnishPart(p *crawlPlace, name string) {
	c.t.Helper()
	part := parts[name]
	if part.on != "" {
		c.furnish(p, parts[part.on].things[0])
	}
	if _, made := p.things[part.things[0]]; made {
		return // with what it is made in
	}
	c.made++
	part.make(c, p)
	if name == "thread" && p.closed { // where nothing more can be made in it
		for _, further := range []string{"themes", "polls", "programmes"} {
			c.furnishPart(p, further)
		}
		_, err := c.Forum.Close(c.ctx, c.actors["moderator"], p.things["thread"], "Enough.")
		c.must(err)
	}
}

// spoil forgets the part that the thing is of, and what is made in that part.
func (p *crawlPlace) spoil(about string) {
	name := partOf(about)
	switch {
	case name == "entry": // who came in is in the group
		name = "group"
	case p.closed && parts[name].on == "thread":
		name = "thread"
	}
	p.spoilPart(name)
}

func (p *crawlPlace) spoilPart(name string) {
	for _, thing := range parts[name].things {
		delete(p.things, thing)
	}
	for further, part := range parts {
		if part.on == name {
			p.spoilPart(further)
		}
	}
}

// furnishPlace promises a place with one of everything.
func (c *crawl) furnishPlace(s setting) *crawlPlace {
	if s.joining == "" {
		s.joining = access.JoinInvitation
	}
	return &crawlPlace{setting: s, things: map[string]int64{}}
}

// furnishGroup makes a group with somebody in every role, and one who was removed
// for good.
func (c *crawl) furnishGroup(p *crawlPlace) {
	c.t.Helper()
	p.handle = fmt.Sprintf("place-%d", c.made)
	c.groupWith(p.handle, p.group)
	g, err := c.Groups.ByHandle(c.ctx, access.System(), p.handle)
	c.must(err)
	p.things["group"] = g.ID
	c.sql("UPDATE groups SET only_provider_id = ?, joining = ?, picture = ? WHERE id = ?", crawlProvider, p.joining, c.picture, g.ID)
	c.sql("INSERT INTO bans (group_id, person_id, reason, created_at) VALUES (?, ?, 'Loud.', 1)", g.ID, c.actors["outcast"].Person)
	if p.banned {
		c.sql("INSERT INTO bans (group_id, person_id, reason, created_at) VALUES (?, ?, 'Loud.', 1)", g.ID, c.actors["stranger"].Person)
	}
}

// groupWith makes a group with one person of each role.
func (c *crawl) groupWith(handle string, v access.Visibility) {
	c.t.Helper()
	c.running.group(handle, "The "+handle, v)
	for name, role := range map[string]access.Role{"member": access.Member, "author": access.Member, "barred": access.Member,
		"moderator": access.Moderator, "admin": access.Admin, "bystander": access.Member} {
		_, err := c.Groups.AddMember(c.ctx, access.System(), handle, c.handles[name], role)
		c.must(err)
	}
}

// furnishEntry puts in the ways into the group: invitations, somebody who asks to
// come in, a provider.
func (c *crawl) furnishEntry(p *crawlPlace) {
	c.t.Helper()
	id, admin := p.things["group"], c.actors["admin"]
	token, made, err := c.Groups.Invite(c.ctx, admin, p.handle, group.NewInvitation{})
	c.must(err)
	p.token, p.things["link"] = token, made.ID
	address := fmt.Sprintf("somebody-%d@elsewhere.example", c.made)
	_, err = c.Groups.InviteByMail(c.ctx, admin, p.handle, group.Mailing{Entries: []roster.Entry{{Email: address, Text: address, Line: 1}}})
	c.must(err)
	mailed, err := c.Groups.Pending(c.ctx, admin, p.handle, page.Page{})
	c.must(err)
	p.things["mailed"] = mailed.Items[0].ID
	p.things["request"] = int64(1000 * c.made)
	c.sql("INSERT INTO join_requests (id, group_id, person_id, created_at) VALUES (?, ?, ?, 1)", p.things["request"], id, c.actors["asker"].Person)
	p.things["provider"] = int64(1000 * c.made)
	c.provider(p.things["provider"], id)
}

// furnishThread starts a thread with a comment, a file and guests, by the author.
func (c *crawl) furnishThread(p *crawlPlace) {
	c.t.Helper()
	author, admin := c.actors["author"], c.actors["admin"]
	th, err := c.Forum.Start(c.ctx, author, p.handle, forum.NewThread{Title: "A thread", Body: "Words.", Visibility: p.setting.thread})
	c.must(err)
	p.things["thread"] = th.ID
	if p.shared {
		_, err = c.Forum.Share(c.ctx, access.System(), th.ID, square)
		c.must(err)
	}
	for _, name := range []string{"guest", "asker"} {
		_, err = c.Forum.AddGuest(c.ctx, admin, th.ID, c.handles[name])
		c.must(err)
	}
	_, err = c.Forum.InviteGuests(c.ctx, c.Groups, admin, th.ID, fmt.Sprintf("other-%d@elsewhere.example", c.made), "")
	c.must(err)
	guests, err := c.Forum.GuestInvitations(c.ctx, c.Groups, admin, th.ID)
	c.must(err)
	p.things["guest"] = guests[0].ID
	kept, err := c.Blobs.Put(c.ctx, strings.NewReader("Words."), 100)
	c.must(err)
	file, err := c.Forum.AddFile(c.ctx, author, forum.File{Name: "words.txt", MediaType: kept.MediaType, Size: kept.Size, SHA256: kept.SHA256})
	c.must(err)
	p.things["file"] = file.ID
	comment, err := c.Forum.Post(c.ctx, author, th.ID, forum.NewComment{Body: fmt.Sprintf("A comment with [words](%s/words.txt).", file.Path())})
	c.must(err)
	p.things["comment"] = comment.ID
}

func (c *crawl) furnishThemes(p *crawlPlace) {
	c.t.Helper()
	themes, err := c.Themes.Propose(c.ctx, c.actors["author"], p.things["thread"], []theme.NewTheme{{Title: "A theme"}, {Title: "Another"}, {Title: "Merged"}, {Title: "Asked"}})
	c.must(err)
	p.things["board"] = p.things["thread"]
	p.things["theme"], p.things["declined"] = themes[0].ID, themes[1].ID
	_, err = c.Themes.Decline(c.ctx, c.actors["moderator"], themes[1].ID, "No.")
	c.must(err)
	c.merges(p, themes)
}

func (c *crawl) furnishPolls(p *crawlPlace) {
	c.t.Helper()
	p.things["open"], p.things["draft"], p.things["ended"] = c.pollIn(p, false), c.pollIn(p, true), c.pollIn(p, false)
	_, err := c.Polls.Close(c.ctx, c.actors["author"], p.things["ended"])
	c.must(err)
}

func (c *crawl) furnishTemplates(p *crawlPlace) {
	c.t.Helper()
	kept, err := c.Templates.Keep(c.ctx, c.actors["admin"], p.things["open"], template.Words{Name: "Shall we?"})
	c.must(err)
	p.things["template"] = kept.ID
}

// merges merges one theme into the first, and asks about another one.
func (c *crawl) merges(p *crawlPlace, themes []theme.Theme) {
	c.t.Helper()
	by := c.actors["moderator"]
	_, err := c.Themes.Merge(c.ctx, by, themes[2].ID, theme.MergeOrder{Into: themes[0].ID, Reason: "The same", Now: true})
	c.must(err)
	_, err = c.Themes.Merge(c.ctx, by, themes[3].ID, theme.MergeOrder{Into: themes[0].ID})
	c.must(err)
	asked, err := c.Themes.Merges(c.ctx, by, themes[3].ID)
	c.must(err)
	p.things["merged"], p.things["merge"] = themes[2].ID, asked[0].ID
}

func (c *crawl) pollIn(p *crawlPlace, draft bool) int64 {
	c.t.Helper()
	made, err := c.Polls.Start(c.ctx, c.actors["author"], p.things["thread"], poll.NewPoll{Title: "Shall we?", Method: "proposal",
		ClosesAt: c.Now().Add(72 * time.Hour), Draft: draft})
	c.must(err)
	return made.ID
}

// inThread are the things that the rules judge by the thread that they are in.
var inThread = []string{"thread", "comment", "file", "guest", "theme", "declined", "merged", "merge", "board", "open", "draft", "ended", "event", "session", "calledoff"}

// facts are what the rules say of the thing that a route is about.
func (c *crawl) facts(name string, p *crawlPlace, about string) access.Facts {
	if about == "forum" {
		return access.Forum()
	}
	f := access.Facts{Group: p.group, Joining: p.joining, Banned: p.banned && name == "stranger"}
	switch name {
	case "member", "author":
		f.Role = access.Member
	case "moderator":
		f.Role = access.Moderator
	case "admin":
		f.Role = access.Admin
	case "barred":
		f.Role = access.Barred
	}
	if !slices.Contains(inThread, about) {
		return f
	}
	f.Thread, f.Guest, f.Own, f.ThreadClosed = p.setting.thread, name == "guest", name == "author", p.closed
	voter := f.Role != access.NoRole
	if p.shared {
		f.Others = []access.Standing{{Group: access.Public, Role: rolesInSquare[name]}}
	}
	ofProgramme(&f, name, about)
	switch about {
	case "theme", "merge", "board":
		f.Theme = access.Proposed
	case "merged":
		f.Theme = access.Merged
	case "declined":
		f.Theme = access.Declined
	case "open":
		f.Poll, f.Shown, f.Voter = access.PollOpen, access.Always, voter
	case "draft":
		f.Poll, f.Shown = access.Draft, access.Always
	case "ended":
		f.Poll, f.Shown, f.Voter, f.Theme = access.PollEnded, access.Always, voter, access.Proposed
	}
	return f
}

// address puts the things of a place into a route's path.
func (c *crawl) address(p *crawlPlace, path, about string, d door) string {
	id := fmt.Sprint(p.things[about])
	person, user := "bystander", "the-bystander"
	switch {
	case strings.Contains(path, "/bans/"):
		person, user = "outcast", "the-outcast"
	case strings.Contains(path, "/guests/"):
		user = "the-asker"
	}
	who := fmt.Sprint(c.actors[person].Person)
	if strings.Contains(path, "/guests/") {
		who = user
	}
	path = strings.Replace(path, "/invitations/:invitation", "/invitations/"+fmt.Sprint(p.things["guest"]), 1)
	if about == "guest" {
		id = fmt.Sprint(p.things["thread"])
	}
	path = ofCall(p, ofEvent(p, path, about))
	path = strings.NewReplacer(":id", id, ":handle", p.handle, ":slug", "any-words", ":name", "words.txt", ":token", p.token, ":emoji", url.PathEscape("👍"),
		":person", who, ":user", user, ":sum", c.picture, ":guest", "1000000", ":file", "1000000", ":key", "consent").Replace(path)
	if d.query != "" {
		path += "?" + strings.ReplaceAll(d.query, "ID", id)
	}
	return path
}
