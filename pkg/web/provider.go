package web

import (
	"net/http"
	"net/url"
	"strconv"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/person"
	"plenary/pkg/web/view"
)

// providerCookie keeps a browser's secret on the way to a provider and back.
const providerCookie = "plenary_provider"

// departureCookie keeps the state of the browser's last departure, which the
// next one takes the place of.
const departureCookie = "plenary_departure"

func (s *Site) providerRoutes() []route {
	return []route{
		get("/signin/with/:id", s.signInWithPage), post("/signin/with/:id", s.depart),
		get("/signin/callback", s.comeBack),
		get("/signin/whose/:token", s.whosePage), post("/signin/whose/:token", s.answerWhose),
		get("/account/providers", s.accountProviders), post("/account/providers/:id/unlink", s.unlink),
		get("/g/:handle/signin", s.groupSignIn),
		get("/g/:handle/providers", s.groupProviders), post("/g/:handle/providers", s.addGroupProvider),
		post("/g/:handle/providers/lift", s.liftGroupProvider),
		post("/g/:handle/providers/:id/edit", s.editGroupProvider), post("/g/:handle/providers/:id/remove", s.removeGroupProvider),
		post("/g/:handle/providers/:id/require", s.requireGroupProvider),
		get("/admin/providers", s.adminProviders), post("/admin/providers", s.addProvider), post("/admin/providers/lift", s.liftProvider),
		post("/admin/providers/:id/edit", s.editProvider), post("/admin/providers/:id/remove", s.removeProvider),
	}
}

// callback is where providers lead back to. It has to be entered there.
func (s *Site) callback() string { return s.edge.Origin() + "/signin/callback" }

func providerOf(p person.Provider) view.Provider { return view.Provider{ID: p.ID, Name: p.Name} }

// offered are the forum's own providers, as buttons.
func (s *Site) offered(c edge.Ctx) ([]view.Provider, error) {
	list, err := s.People.Providers(ctx(c))
	out := make([]view.Provider, len(list))
	for i, p := range list {
		out[i] = providerOf(p)
	}
	return out, err
}

// provider is the one in the address, where the reader may know of it.
func (s *Site) provider(c edge.Ctx) (person.Provider, error) {
	id, err := edge.ID(c, "id")
	if err != nil {
		return person.Provider{}, err
	}
	return s.Groups.ProviderFor(ctx(c), edge.Who(c), id)
}

func (s *Site) signInWithPage(c edge.Ctx) error {
	p, err := s.provider(c)
	if err != nil {
		return err
	}
	return s.ok(c, view.SignInWithPage{Frame: s.frame(c), Provider: providerOf(p), Next: edge.SafeNext(c.QueryParam("next"))})
}

// depart sends the browser to a provider. Browsers that hold a page to sending
// forms to the forum only would stop a redirect to elsewhere, however far down
// the way, so a page with a link leads on.
func (s *Site) depart(c edge.Ctx) error {
	form, err := edge.Form(c)
	if err != nil {
		return err
	}
	p, err := s.provider(c)
	if err != nil {
		return err
	}
	next := edge.SafeNext(form.Get("next"))
	address, browser, err := s.People.Depart(ctx(c), p.ID, person.Departure{Redirect: s.callback(), Browser: s.secret(c, providerCookie),
		Before: s.secret(c, departureCookie), Address: c.RealIP(), Next: next, Language: s.words(c).Lang()})
	if err != nil {
		return s.failed(c, providerOf(p), next, err)
	}
	to, err := url.Parse(address)
	if err != nil {
		return s.failed(c, providerOf(p), next, err)
	}
	s.setSecret(c, providerCookie, browser, person.ProviderLife)
	s.setSecret(c, departureCookie, to.Query().Get("state"), person.ProviderLife)
	h := c.Response().Header()
	h.Set("Refresh", "0; url="+address)
	h.Set("Referrer-Policy", "no-referrer")
	return s.ok(c, view.LeavingPage{Frame: s.frame(c), Provider: providerOf(p), Address: address, Host: to.Host})
}

// failed says on the page where it can be tried again why a sign-in through a
// provider came to nothing. The log gets it in a language that the one who runs
// the forum can look up.
func (s *Site) failed(c edge.Ctx, p view.Provider, next string, err error) error {
	problem := edge.ProblemOf(err, s.words(c))
	s.edge.Log.Warn("sign-in through a provider failed", "request_id", edge.RequestID(c), "provider", p.ID, "code", problem.Code,
		"meaning", edge.ProblemOf(err, s.edge.Words.Localizer("en")).Detail, "error", err)
	if problem.Status == http.StatusInternalServerError || problem.Status == http.StatusUnauthorized {
		return err
	}
	if problem.RetryAfter > 0 {
		c.Response().Header().Set("Retry-After", strconv.Itoa(int(problem.RetryAfter.Seconds())))
	}
	return s.show(c, problem.Status, view.SignInWithPage{Frame: s.frame(c), Provider: p, Next: next, Problem: problem.Text})
}

// bySession is who is signed in with a session of this browser. A program's
// token is nobody here: it must not open ways into the account.
func bySession(c edge.Ctx) access.Actor {
	if s := edge.Session(c); s != nil {
		return s.Actor()
	}
	return access.Visitor()
}

// comeBack is where providers send browsers to.
func (s *Site) comeBack(c edge.Ctx) error {
	q := c.Request().URL.Query()
	c.Response().Header().Set("Referrer-Policy", "no-referrer")
	landed, err := s.People.ComeBack(ctx(c), bySession(c), person.Return{State: q.Get("state"), Code: q.Get("code"), Error: q.Get("error"),
		Issuer: q.Get("iss"), Redirect: s.callback(), Browser: s.secret(c, providerCookie), Device: c.Request().UserAgent()})
	switch {
	case err != nil:
		return s.failed(c, providerOf(landed.Provider), edge.SafeNext(landed.Next), err)
	case landed.Pending != "":
		return seeOther(c, "/signin/whose/"+landed.Pending)
	}
	return s.enteredThrough(c, landed.Entry, landed.Next)
}

// enteredThrough is entered, in place of the session that this browser had.
func (s *Site) enteredThrough(c edge.Ctx, e person.Entry, next string) error {
	if edge.Session(c) != nil && e.Session != "" {
		if err := s.People.SignOut(ctx(c), s.edge.SessionToken(c)); err != nil {
			return err
		}
	}
	return s.entered(c, e, next)
}

func (s *Site) whosePage(c edge.Ctx) error {
	came, err := s.People.Pending(ctx(c), c.Param("token"), s.secret(c, providerCookie))
	if err != nil {
		return s.failed(c, view.Provider{}, "/", err)
	}
	if own := edge.Session(c); own != nil {
		if err := person.CheckRecent(*own, s.Now()); err != nil {
			return err // a way into the account is not added by a session that was left open
		}
	}
	form, err := s.form(url.Values{"name": {came.Name}})
	if err != nil {
		return err
	}
	return s.showWhose(c, http.StatusOK, came, form)
}

func (s *Site) showWhose(c edge.Ctx, status int, came person.Pending, form view.Form) error {
	c.Response().Header().Set("Referrer-Policy", "no-referrer")
	return s.show(c, status, view.WhoseAccountPage{Frame: s.frame(c), Token: c.Param("token"), Provider: providerOf(came.Provider), OfGroup: came.Provider.Group != 0,
		Email: came.Email, Known: came.Known, MayMake: s.Groups.MayRegister(ctx(c), came), Question: came.Question, Form: form})
}

// answerWhose makes the account of who came through a provider, or links the one that
// they are signed in to.
func (s *Site) answerWhose(c edge.Ctx) error {
	form, err := edge.Form(c)
	if err != nil {
		return err
	}
	if edge.Session(c) != nil {
		return s.linkOwn(c)
	}
	browser := s.secret(c, providerCookie)
	made, came, err := s.Groups.RegisterThrough(ctx(c), c.Param("token"), browser, person.ThroughProvider{Name: form.Get("name"), Answer: form.Get("answer")})
	if errs.Is(err, errs.Invalid) {
		again, err := s.again(form, err)
		if err != nil {
			return err
		}
		return s.showWhose(c, http.StatusUnprocessableEntity, came, again)
	}
	if err != nil {
		return s.failed(c, providerOf(came.Provider), edge.SafeNext(came.Next), err)
	}
	e, err := s.People.EnterThrough(ctx(c), made.ID, came.Provider.ID, c.Request().UserAgent())
	if errs.CodeOf(err) == "person.waiting" {
		return seeOther(c, "/signup/waiting")
	}
	if err != nil {
		return err
	}
	return s.entered(c, e, came.Next)
}

func (s *Site) linkOwn(c edge.Ctx) error {
	own := *edge.Session(c)
	if err := person.CheckRecent(own, s.Now()); err != nil {
		return err
	}
	came, err := s.Groups.LinkThrough(ctx(c), own.Actor(), c.Param("token"), s.secret(c, providerCookie))
	if err != nil {
		return s.failed(c, providerOf(came.Provider), edge.SafeNext(came.Next), err)
	}
	token, err := s.People.ReplaceThrough(ctx(c), s.edge.SessionToken(c), own.Person.ID, came.Provider.ID, c.Request().UserAgent())
	if err != nil {
		return err
	}
	if err := s.begin(c, token); err != nil {
		return err
	}
	return seeOther(c, edge.SafeNext(came.Next))
}

func (s *Site) accountProviders(c edge.Ctx) error {
	return s.showAccountProviders(c, http.StatusOK, errs.Text{})
}

func (s *Site) showAccountProviders(c edge.Ctx, status int, problem errs.Text) error {
	list, err := s.People.Identities(ctx(c), edge.Who(c))
	if err != nil {
		return err
	}
	p := view.AccountProvidersPage{Frame: s.frame(c), Problem: problem}
	linked := map[int64]bool{}
	for _, one := range list {
		linked[one.Provider.ID] = true
		p.Identities = append(p.Identities, view.Identity{Provider: providerOf(one.Provider), Email: one.Email, At: one.CreatedAt,
			LastUsed: instant(one.LastUsedAt), Current: edge.Who(c).Provider == one.Provider.ID})
	}
	all, err := s.offered(c)
	for _, one := range all {
		if !linked[one.ID] {
			p.Providers = append(p.Providers, one)
		}
	}
	if err != nil {
		return err
	}
	return s.show(c, status, p)
}

// unlink forgets a provider. Where this browser came through it, its session
// goes too, and it gets another: but not where whoever runs the provider of a
// group could have opened it.
func (s *Site) unlink(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	own := edge.Session(c)
	if own == nil {
		return errSignIn()
	}
	if err := person.CheckRecent(*own, s.Now()); err != nil {
		return err
	}
	from, err := s.People.Provider(ctx(c), id)
	if err != nil {
		return err
	}
	err = s.People.Unlink(ctx(c), own.Actor(), id)
	switch {
	case errs.CodeOf(err) == "provider.last_way_in":
		return s.showAccountProviders(c, http.StatusConflict, errs.Text{Code: errs.CodeOf(err)})
	case err != nil:
		return err
	case own.Provider == id && from.Group != 0:
		s.edge.ClearSession(c)
		return seeOther(c, "/signin")
	case own.Provider == id:
		return s.enter(c, own.Person.ID, "/account/providers")
	}
	return seeOther(c, "/account/providers")
}

func (s *Site) groupSignIn(c edge.Ctx) error {
	way, err := s.Groups.WayIn(ctx(c), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	p := view.GroupSignInPage{Frame: s.frame(c), Required: way.Required != 0,
		Group: view.GroupRef{Name: way.Group.Name, Handle: way.Group.Handle, Visibility: string(way.Group.Visibility)}}
	for _, one := range way.Providers {
		if way.Required == 0 || way.Required == one.ID {
			p.Providers = append(p.Providers, providerOf(one))
			p.Through = p.Through || edge.Who(c).Provider == one.ID
		}
	}
	return s.ok(c, p)
}
