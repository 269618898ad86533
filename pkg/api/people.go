package api

import (
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/person"
)

// personAnswer is an account, for its owner and for administrators.
type personAnswer struct {
	ID            int64     `json:"id"`
	Handle        string    `json:"handle"`
	Name          string    `json:"name"`
	Affiliation   string    `json:"affiliation"`
	Pronouns      string    `json:"pronouns"`
	Picture       string    `json:"picture"` // address; empty where none
	Email         string    `json:"email"`
	Administrator bool      `json:"administrator"`
	Imported      bool      `json:"imported"`
	TimeZone      string    `json:"time_zone"`
	Language      string    `json:"language"`
	CreatedAt     time.Time `json:"created_at"`
	URL           string    `json:"url"`
}

func answerPerson(p person.Person) personAnswer {
	picture := ""
	if p.Picture != "" {
		picture = "/u/" + p.Handle + "/picture/" + p.Picture
	}
	return personAnswer{ID: p.ID, Handle: p.Handle, Name: p.Name, Affiliation: p.Affiliation, Pronouns: p.Pronouns, Picture: picture, Email: p.Email,
		Administrator: p.Administrator, Imported: p.Imported, TimeZone: p.TimeZone, Language: p.Language,
		CreatedAt: p.CreatedAt.UTC(), URL: "/u/" + p.Handle}
}

// roleAnswer is a group that one is a member of.
type roleAnswer struct {
	Handle string      `json:"handle"`
	Name   string      `json:"name"`
	Role   access.Role `json:"role"`
}

type meAnswer struct {
	personAnswer
	Groups []roleAnswer `json:"groups"`
}

func (a *API) showMe(c edge.Ctx) error {
	if !edge.Who(c).SignedIn() {
		return errs.New(errs.Unauthenticated, "access.sign_in")
	}
	return a.answerMe(c, edge.Person(c))
}

func (a *API) answerMe(c edge.Ctx, me person.Person) error {
	groups, err := a.Groups.Mine(c.Request().Context(), edge.Who(c))
	if err != nil {
		return err
	}
	mine := whole(groups, func(g group.Group) roleAnswer { return roleAnswer{g.Handle, g.Name, g.Role} })
	return ok(c, meAnswer{answerPerson(me), mine.Items})
}

func (a *API) listPeople(c edge.Ctx) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	people, err := a.People.List(c.Request().Context(), edge.Who(c), c.QueryParam("q"), at)
	if err != nil {
		return err
	}
	return ok(c, paged(people, answerPerson))
}

type newPerson struct {
	Name          string `json:"name"`
	Handle        string `json:"handle"`
	Email         string `json:"email"`
	Affiliation   string `json:"affiliation"`
	Password      string `json:"password"`
	Administrator bool   `json:"administrator"`
}

func (a *API) addPerson(c edge.Ctx) error {
	in, err := read[newPerson](c)
	if err != nil {
		return err
	}
	if in.Administrator {
		if err := a.administersNow(c); err != nil {
			return err
		}
	}
	made, err := a.People.Add(c.Request().Context(), edge.Who(c), person.NewPerson(in))
	if err != nil {
		return err
	}
	return created(c, answerPerson(made), "/people?q=%s", made.Handle)
}
