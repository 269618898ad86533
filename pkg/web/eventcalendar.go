package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/i18n"
	"plenary/pkg/page"
	"plenary/pkg/programme"
	"plenary/pkg/web/view"
)

// publishedOf is what was published last of the programme of the address, and
// whether everybody may read it.
func (s *Site) publishedOf(c edge.Ctx) (programme.Plan, bool, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return programme.Plan{}, false, err
	}
	plan, err := s.Programmes.Published(ctx(c), edge.Who(c), id)
	return plan, err == nil && access.May(access.Visitor(), access.ReadThread, visitorsFacts(plan)), err
}

// visitorsFacts are the facts about a programme for somebody who has not signed in.
func visitorsFacts(plan programme.Plan) access.Facts {
	f := plan.Facts()
	return access.Facts{Group: f.Group, Thread: f.Thread, Others: withoutRoles(f.Others), Programme: f.Programme, Unbegun: f.Unbegun}
}

func withoutRoles(all []access.Standing) []access.Standing {
	out := make([]access.Standing, len(all))
	for i, one := range all {
		out[i] = access.Standing{Group: one.Group, Rules: one.Rules}
	}
	return out
}

// programmeCalendar is when the sessions are, for calendar programs.
func (s *Site) programmeCalendar(c edge.Ctx) error {
	plan, public, err := s.publishedOf(c)
	if err != nil {
		return err
	}
	return s.sendCalendar(c, plan.Calendar(s.edge.Origin(), s.edge.BaseURL.Hostname(), nil), fmt.Sprintf("event-%d.ics", plan.ID), !public)
}

// sessionCalendar is when one session is.
func (s *Site) sessionCalendar(c edge.Ctx) error {
	plan, public, err := s.publishedOf(c)
	if err != nil {
		return err
	}
	id, err := edge.ID(c, "session")
	if err != nil {
		return err
	}
	one, ok := plan.Session(id)
	if _, placed := programme.When(plan)[id]; !ok || !placed {
		return errs.New(errs.NotFound, "error.not_found")
	}
	cal := plan.Calendar(s.edge.Origin(), s.edge.BaseURL.Hostname(), func(other programme.Session) bool { return other.ID == id })
	cal.Name = one.Title
	return s.sendCalendar(c, cal, fmt.Sprintf("session-%d.ics", id), !public)
}

// privateCalendar is somebody's own calendar of a programme, by its secret address:
// the sessions that they take part in, or with "all" every one.
func (s *Site) privateCalendar(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	plan, who, mine, err := s.Programmes.ByPrivateCalendar(ctx(c), id, c.Param("token"))
	if err != nil {
		return err
	}
	which := func(one programme.Session) bool {
		_, signedUp := mine[one.ID]
		return signedUp || one.Takes(who.Person)
	}
	if c.QueryParam("all") != "" {
		which = nil
	}
	c.Response().Header().Set("Referrer-Policy", "no-referrer")
	return s.sendCalendar(c, plan.Calendar(s.edge.Origin(), s.edge.BaseURL.Hostname(), which), fmt.Sprintf("event-%d-mine.ics", id), true)
}

// feedLength is how many versions stand in a feed.
const feedLength = 30

// programmeFeed tells what has been published of a programme, the newest first, with
// what each version changed.
func (s *Site) programmeFeed(c edge.Ctx) error {
	plan, public, err := s.publishedOf(c)
	if err != nil {
		return err
	}
	list, err := s.Programmes.Versions(ctx(c), edge.Who(c), plan.ID, page.Page{Limit: feedLength})
	if err != nil {
		return err
	}
	words, at := s.words(c), s.edge.Origin()+plan.Path()
	feed := atom{ID: at + ".atom", Title: plan.Title, Author: s.forumName(ctx(c)), Link: atomLink{Rel: "self", Href: at + ".atom"}}
	for _, v := range list.Items {
		lines := []string{}
		if v.Note != "" {
			lines = append(lines, v.Note)
		}
		for _, change := range changesOf(words, eventZone(plan.Programme), plan, v.Changes) {
			line := words.T(change.Text.Code, change.Text.Args)
			if change.Session.Text != "" {
				line = change.Session.Text + ": " + line
			}
			lines = append(lines, line)
		}
		title := words.T("feeds.version", i18n.Args{"Number": v.Number})
		if v.Number == 1 {
			title = words.T("feeds.first")
		}
		feed.Entries = append(feed.Entries, atomEntry{ID: fmt.Sprintf("%s#version-%d", at, v.Number), Title: title,
			Updated: v.At.UTC().Format(time.RFC3339), Link: &atomLink{Href: at + "/changes"}, Content: strings.Join(lines, "\n")})
	}
	feed.Updated = plan.CreatedAt.UTC().Format(time.RFC3339)
	if len(feed.Entries) > 0 {
		feed.Updated = feed.Entries[0].Updated
	}
	body, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		return fmt.Errorf("write the feed of programme %d: %w", plan.ID, err)
	}
	c.Response().Header().Add("Vary", "Accept-Language")
	return sendFresh(c, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), body...), !public)
}

// sendFresh sends what programs ask for again and again.
func sendFresh(c edge.Ctx, media string, body []byte, private bool) error {
	sum := sha256.Sum256(body)
	return edge.Fresh(c, media, hex.EncodeToString(sum[:16]), private, body)
}

// programmeJSON is what was published, for programs: also for scripts in pages of
// other sites, where everybody may read it. Those get what a visitor would, since
// they send no cookies.
func (s *Site) programmeJSON(c edge.Ctx) error {
	plan, public, err := s.publishedOf(c)
	if err != nil {
		return err
	}
	if public {
		c.Response().Header().Set("Access-Control-Allow-Origin", "*")
		c.Response().Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	body, err := json.MarshalIndent(publicJSON(plan, s.edge.Origin()), "", " ")
	if err != nil {
		return fmt.Errorf("write programme %d as JSON: %w", plan.ID, err)
	}
	return sendFresh(c, "application/json", append(body, '\n'), !public)
}

type eventJSON struct {
	ID        int64         `json:"id"`
	URL       string        `json:"url"`
	Title     string        `json:"title"`
	About     string        `json:"description,omitempty"`
	Place     string        `json:"place,omitempty"`
	Link      string        `json:"link,omitempty"`
	Zone      string        `json:"time_zone"`
	Version   int           `json:"version"`
	Published *time.Time    `json:"published_at,omitempty"`
	Cancelled bool          `json:"cancelled"`
	Reason    string        `json:"cancel_reason,omitempty"`
	Days      []dayJSON     `json:"days"`
	Rooms     []roomJSON    `json:"rooms"`
	Sessions  []sessionJSON `json:"sessions"`
}

type dayJSON struct {
	Date  string `json:"date"`
	Title string `json:"title,omitempty"`
}

type roomJSON struct {
	Name     string `json:"name"`
	Capacity int    `json:"capacity,omitempty"`
	Note     string `json:"note,omitempty"`
	Link     string `json:"link,omitempty"`
}

type sessionJSON struct {
	ID       int64         `json:"id"`
	URL      string        `json:"url"`
	Title    string        `json:"title"`
	About    string        `json:"description,omitempty"`
	State    string        `json:"state"`
	Reason   string        `json:"reason,omitempty"`
	Starts   *time.Time    `json:"starts_at"` // in UTC; null while it has no time
	Ends     *time.Time    `json:"ends_at"`
	Room     string        `json:"room,omitempty"`
	Speakers []speakerJSON `json:"speakers"`
	Hosts    []speakerJSON `json:"hosts"`
	Themes   []string      `json:"themes"`
	Capacity int           `json:"capacity"` // 0 for any number
	Going    int           `json:"going"`
	Waiting  int           `json:"waiting"`
}

type speakerJSON struct {
	Name        string `json:"name"`
	Affiliation string `json:"affiliation,omitempty"`
}

func publicJSON(plan programme.Plan, origin string) eventJSON {
	out := eventJSON{ID: plan.ID, URL: origin + plan.Path(), Title: plan.Title, About: plan.Description, Place: plan.Place, Link: plan.Link, Zone: plan.Zone,
		Version: plan.Published, Published: inUTC(plan.PublishedAt), Cancelled: plan.CancelledAt != nil, Reason: plan.CancelReason,
		Days: []dayJSON{}, Rooms: []roomJSON{}, Sessions: []sessionJSON{}}
	for _, d := range plan.Days {
		out.Days = append(out.Days, dayJSON{string(d.Date), d.Title})
	}
	for _, r := range plan.Rooms {
		out.Rooms = append(out.Rooms, roomJSON{r.Name, r.Capacity, r.Note, r.Link})
	}
	times := programme.When(plan)
	for _, one := range plan.Sessions {
		line := sessionJSON{ID: one.ID, URL: origin + one.Path(), Title: one.Title, About: one.Description, State: string(one.State), Reason: one.Reason,
			Speakers: speakersJSON(one.Speakers), Hosts: speakersJSON(one.Hosts), Themes: []string{}, Capacity: plan.Seats(one), Going: one.Going, Waiting: one.Waiting}
		if span, placed := times[one.ID]; placed {
			line.Starts, line.Ends = inUTC(&span.Start), inUTC(&span.End)
		}
		if room, ok := plan.Room(one.RoomID); ok {
			line.Room = room.Name
		}
		for _, theme := range one.Themes {
			line.Themes = append(line.Themes, theme.Title)
		}
		out.Sessions = append(out.Sessions, line)
	}
	return out
}

func speakersJSON(all []programme.Someone) []speakerJSON {
	out := []speakerJSON{}
	for _, one := range all {
		out = append(out, speakerJSON{one.Name, one.Affiliation})
	}
	return out
}

func inUTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(t.UTC())
}

// feedsOf are the addresses under which programs follow a programme.
func (s *Site) feedsOf(c edge.Ctx, plan programme.Plan) (view.ProgrammeFeeds, error) {
	if plan.Published == 0 {
		return view.ProgrammeFeeds{}, nil
	}
	at := s.edge.Origin() + plan.Path()
	_, rest, _ := strings.Cut(at, "://")
	f := view.ProgrammeFeeds{Calendar: at + ".ics", Webcal: template.URL("webcal://" + rest + ".ics"), Atom: at + ".atom", JSON: at + ".json",
		Public: access.May(access.Visitor(), access.ReadThread, visitorsFacts(plan)), SignedIn: edge.Who(c).SignedIn(), Action: plan.Path() + "/calendar"}
	if !f.SignedIn {
		return f, nil
	}
	token, err := s.Programmes.PrivateCalendar(ctx(c), edge.Who(c), plan.ID)
	if token != "" {
		f.Private = at + "/my/" + token + ".ics"
	}
	return f, err
}

// makeCalendar gives the viewer's own calendar an address, or a new one.
func (s *Site) makeCalendar(c edge.Ctx) error {
	return s.changeCalendar(c, func(id int64) error {
		_, err := s.Programmes.NewPrivateCalendar(ctx(c), edge.Who(c), id)
		return err
	})
}

func (s *Site) revokeCalendar(c edge.Ctx) error {
	return s.changeCalendar(c, func(id int64) error {
		if _, err := s.Programmes.Programme(ctx(c), edge.Who(c), id); err != nil {
			return err
		}
		return s.Programmes.RevokePrivateCalendar(ctx(c), edge.Who(c), id)
	})
}

func (s *Site) changeCalendar(c edge.Ctx, change func(id int64) error) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if _, err := submitted(c); err != nil {
		return err
	}
	if err := change(id); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, fmt.Sprintf("/e/%d/share#my-calendar", id))
}
