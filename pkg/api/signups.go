package api

import (
	"context"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/person"
)

func (a *API) forSignUp() []route {
	return []route{
		{get, "/admin/sign_up", a.showSignUp},
		{patch, "/admin/sign_up", a.editSignUp},
		{get, "/admin/sign_ups", a.listSignUps},
		{post, "/admin/sign_ups/{id}/approve", a.approveSignUp},
		{post, "/admin/sign_ups/{id}/decline", a.declineSignUp},
	}
}

// signUpAnswer is how accounts come to be.
type signUpAnswer struct {
	SignUp   person.SignUpMode `json:"sign_up"`
	Question string            `json:"question"`
}

func (a *API) showSignUp(c edge.Ctx) error {
	if err := access.Check(edge.Who(c), access.Administer, access.Forum()); err != nil {
		return err
	}
	return a.answerSignUp(c)
}

func (a *API) answerSignUp(c edge.Ctx) error {
	rules, err := a.People.SignUpRules(c.Request().Context())
	if err != nil {
		return err
	}
	return ok(c, signUpAnswer{rules.Mode, rules.Question})
}

// signUpEdit changes what is given.
type signUpEdit struct {
	SignUp   *person.SignUpMode `json:"sign_up"`
	Question *string            `json:"question"`
}

func (a *API) editSignUp(c edge.Ctx) error {
	in, err := read[signUpEdit](c)
	if err != nil {
		return err
	}
	rules, err := a.People.SignUpRules(c.Request().Context())
	if err != nil {
		return err
	}
	if in.SignUp != nil {
		rules.Mode = *in.SignUp
	}
	if in.Question != nil {
		rules.Question = *in.Question
	}
	if err := a.administersNow(c); err != nil {
		return err
	}
	if err := a.People.SetSignUpRules(c.Request().Context(), edge.Who(c), rules); err != nil {
		return err
	}
	return a.answerSignUp(c)
}

// newcomerAnswer is an account that waits for an administrator.
type newcomerAnswer struct {
	ID          int64     `json:"id"`
	Handle      string    `json:"handle"`
	Name        string    `json:"name"`
	Affiliation string    `json:"affiliation"`
	Email       string    `json:"email"`
	Answer      string    `json:"answer"`
	Since       time.Time `json:"since"`
}

func answerNewcomer(n person.Newcomer) newcomerAnswer {
	return newcomerAnswer{ID: n.Person.ID, Handle: n.Person.Handle, Name: n.Person.Name, Affiliation: n.Person.Affiliation,
		Email: n.Person.Email, Answer: n.Answer, Since: n.Since.UTC()}
}

func (a *API) listSignUps(c edge.Ctx) error {
	at, err := edge.Page(c)
	if err != nil {
		return err
	}
	waiting, err := a.People.Newcomers(c.Request().Context(), edge.Who(c), at)
	if err != nil {
		return err
	}
	return ok(c, paged(waiting, answerNewcomer))
}

func (a *API) approveSignUp(c edge.Ctx) error { return a.nothingNow(c, a.People.Approve) }

type declining struct {
	Note string `json:"note"`
}

func (a *API) declineSignUp(c edge.Ctx) error {
	in, err := optional[declining](c)
	if err != nil {
		return err
	}
	return a.nothingNow(c, func(ctx context.Context, who access.Actor, id int64) error {
		return a.People.Decline(ctx, who, id, in.Note)
	})
}
