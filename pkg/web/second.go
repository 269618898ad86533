package web

import (
	"net/http"
	"strings"

	"rsc.io/qr"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/web/view"
)

func (s *Site) secondFactor(c edge.Ctx) error {
	return s.showSecondFactor(c, http.StatusOK, func(*view.SecondFactorPage) {})
}

// showSecondFactor answers with how it stands with one's second factor; change
// puts in what came back rejected, or was just made.
func (s *Site) showSecondFactor(c edge.Ctx, status int, change func(*view.SecondFactorPage)) error {
	own := edge.Session(c)
	if own == nil {
		return errSignIn()
	}
	state, err := s.People.Second(ctx(c), *own)
	if err != nil {
		return err
	}
	p := view.SecondFactorPage{AccountFrame: s.accountFrame(c, "second_factor"), On: state.On, Since: state.Since, Left: state.Left}
	if state.Key != "" && !state.On {
		if err := person.CheckRecent(*own, s.Now()); err != nil {
			return err // the key is a secret
		}
		p.Key = spaced(state.Key)
		if p.QR, err = drawn(state.Link); err != nil {
			return err
		}
	}
	change(&p)
	return s.show(c, status, p)
}

// spaced is a key in groups of four, for typing.
func spaced(key string) string {
	var b strings.Builder
	for i, r := range key {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// quiet is the white border that readers of QR codes need, in squares.
const quiet = 4

// drawn draws the text as a QR code.
func drawn(text string) (*view.QR, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, err
	}
	return &view.QR{Size: code.Size + 2*quiet, Path: squares(code)}, nil
}

// withSession does something with one's session and comes back to the page.
func (s *Site) withSession(c edge.Ctx, act func(person.Session) error) error {
	own := edge.Session(c)
	if own == nil {
		return errSignIn()
	}
	if err := act(*own); err != nil {
		return err
	}
	return seeOther(c, "/account/second-factor")
}

func (s *Site) beginSecond(c edge.Ctx) error {
	return s.withSession(c, func(own person.Session) error {
		err := s.People.BeginSecond(ctx(c), own)
		if errs.CodeOf(err) == "person.second_on" {
			return nil // the page says so
		}
		return err
	})
}

func (s *Site) dropSecond(c edge.Ctx) error {
	return s.withSession(c, func(own person.Session) error { return s.People.DropSecond(ctx(c), own) })
}

func (s *Site) confirmSecond(c edge.Ctx) error {
	form, err := edge.Form(c)
	if err != nil {
		return err
	}
	own := edge.Session(c)
	if own == nil {
		return errSignIn()
	}
	codes, err := s.People.ConfirmSecond(ctx(c), *own, form.Get("code"))
	if err != nil {
		again, err := s.again(nil, err)
		if err != nil {
			return err
		}
		return s.showSecondFactor(c, http.StatusUnprocessableEntity, func(p *view.SecondFactorPage) { p.Form = again })
	}
	return s.showSecondFactor(c, http.StatusOK, func(p *view.SecondFactorPage) { p.Codes = codes })
}

func (s *Site) renewRecovery(c edge.Ctx) error {
	own := edge.Session(c)
	if own == nil {
		return errSignIn()
	}
	codes, err := s.People.RenewRecovery(ctx(c), *own)
	if err != nil {
		return err
	}
	return s.showSecondFactor(c, http.StatusOK, func(p *view.SecondFactorPage) { p.Codes = codes })
}

// resetSecond takes a lost second factor from somebody.
func (s *Site) resetSecond(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := s.administersNow(c); err != nil {
		return err
	}
	who, err := s.People.ByID(ctx(c), id)
	if err != nil {
		return err
	}
	if err := s.People.ResetSecond(ctx(c), edge.Who(c), who.Handle); err != nil {
		return err
	}
	return seeOther(c, "/admin")
}
