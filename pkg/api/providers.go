package api

import (
	"strconv"
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/person"
)

type providerAnswer struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Issuer    string    `json:"issuer"`
	ClientID  string    `json:"client_id"`
	HasSecret bool      `json:"has_secret"`
	Required  bool      `json:"required"` // of the members of its group
	CreatedAt time.Time `json:"created_at"`
	URL       string    `json:"url"`
}

func answerProvider(p person.Provider, required int64) providerAnswer {
	return providerAnswer{ID: p.ID, Name: p.Name, Issuer: p.Issuer, ClientID: p.ClientID, HasSecret: p.HasSecret,
		Required: required == p.ID, CreatedAt: p.CreatedAt.UTC(), URL: "/signin/with/" + strconv.FormatInt(p.ID, 10)}
}

func (a *API) listProviders(c edge.Ctx) error {
	found, err := a.People.ListProviders(c.Request().Context(), edge.Who(c))
	if err != nil {
		return err
	}
	return ok(c, whole(found, func(p person.Provider) providerAnswer { return answerProvider(p, 0) }))
}

func (a *API) listProvidersOfGroup(c edge.Ctx) error {
	found, required, err := a.Groups.Providers(c.Request().Context(), edge.Who(c), c.Param("handle"))
	if err != nil {
		return err
	}
	return ok(c, whole(found, func(p person.Provider) providerAnswer { return answerProvider(p, required) }))
}

type newProvider struct {
	Name         string `json:"name"`
	Issuer       string `json:"issuer"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

func (a *API) addProvider(c edge.Ctx) error {
	in, err := read[newProvider](c)
	if err != nil {
		return err
	}
	if err := a.administersNow(c); err != nil {
		return err
	}
	made, err := a.People.AddProvider(c.Request().Context(), edge.Who(c), person.NewProvider(in))
	if err != nil {
		return err
	}
	return created(c, answerProvider(made, 0), "/admin/providers/%d", made.ID)
}

func (a *API) addProviderToGroup(c edge.Ctx) error {
	in, err := read[newProvider](c)
	if err != nil {
		return err
	}
	handle := c.Param("handle")
	made, err := a.Groups.AddProvider(c.Request().Context(), edge.Who(c), handle, person.NewProvider(in))
	if err != nil {
		return err
	}
	return created(c, answerProvider(made, 0), "/groups/%s/providers/%d", handle, made.ID)
}

type providerEdit struct {
	Name         *string `json:"name"`
	ClientID     *string `json:"client_id"`
	ClientSecret *string `json:"client_secret"`
}

func (a *API) editProvider(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[providerEdit](c)
	if err != nil {
		return err
	}
	if err := a.administersNow(c); err != nil {
		return err
	}
	changed, err := a.People.EditProvider(c.Request().Context(), edge.Who(c), id, person.ProviderEdit(in))
	if err != nil {
		return err
	}
	return ok(c, answerProvider(changed, 0))
}

type groupProviderEdit struct {
	Name         *string `json:"name"`
	ClientID     *string `json:"client_id"`
	ClientSecret *string `json:"client_secret"`
	Required     *bool   `json:"required"`
}

// editProviderOfGroup changes the provider, and whether it is required.
func (a *API) editProviderOfGroup(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[groupProviderEdit](c)
	if err != nil {
		return err
	}
	request, who, handle := c.Request().Context(), edge.Who(c), c.Param("handle")
	changed, err := a.Groups.EditProvider(request, who, handle, id, person.ProviderEdit{Name: in.Name, ClientID: in.ClientID, ClientSecret: in.ClientSecret})
	if err != nil {
		return err
	}
	_, required, err := a.Groups.Providers(request, who, handle)
	if err != nil {
		return err
	}
	if in.Required != nil && *in.Required != (required == id) {
		required = 0
		if *in.Required {
			required = id
		}
		if err := a.Groups.RequireProvider(request, who, handle, required); err != nil {
			return err
		}
	}
	return ok(c, answerProvider(changed, required))
}

func (a *API) removeProvider(c edge.Ctx) error { return a.nothingNow(c, a.People.RemoveProvider) }

func (a *API) removeProviderOfGroup(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	if err := a.Groups.RemoveProvider(c.Request().Context(), edge.Who(c), c.Param("handle"), id); err != nil {
		return err
	}
	return done(c)
}

func (a *API) forProviders() []route {
	return []route{
		{get, "/groups/{handle}/providers", a.listProvidersOfGroup},
		{post, "/groups/{handle}/providers", a.addProviderToGroup},
		{patch, "/groups/{handle}/providers/{id}", a.editProviderOfGroup},
		{del, "/groups/{handle}/providers/{id}", a.removeProviderOfGroup},
		{get, "/admin/providers", a.listProviders},
		{post, "/admin/providers", a.addProvider},
		{patch, "/admin/providers/{id}", a.editProvider},
		{del, "/admin/providers/{id}", a.removeProvider},
	}
}
