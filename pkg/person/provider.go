package person

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/oidc"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

const (
	issuerMax    = 500
	clientMax    = 500
	providersFew = 50 // of the forum, or of one group
)

// Provider is where people sign in by OpenID Connect: one of the forum, or of a
// group. Its secret is told to nobody.
type Provider struct {
	ID        int64
	Group     int64 // whose it is; 0 for the forum's own
	Name      string
	Issuer    string
	ClientID  string
	HasSecret bool
	CreatedAt time.Time
}

// WithProviders sets what talks to providers, instead of one that reaches public
// addresses only.
func WithProviders(c *oidc.Client) Option { return func(p *People) { p.oidc = c } }

// UseProviders is WithProviders for a forum that has been put together already.
// Call it before the first request.
func (p *People) UseProviders(c *oidc.Client) { p.oidc = c }

// NewProvider describes a provider to be added.
type NewProvider struct {
	Name         string
	Issuer       string
	ClientID     string
	ClientSecret string // empty for a public client
}

// Validate cleans the fields in place and complains of those that cannot be kept.
func (in *NewProvider) Validate() error {
	var f errs.Fields
	in.Name = plain.Line(&f, "name", in.Name, true, nameMax)
	in.Issuer = plain.Line(&f, "issuer", in.Issuer, true, issuerMax)
	in.ClientID = plain.Line(&f, "client_id", in.ClientID, true, clientMax)
	in.ClientSecret = plain.Line(&f, "client_secret", in.ClientSecret, false, clientMax)
	return f.Err()
}

// ProviderEdit changes what is not nil. The issuer stays: people are known by
// what it calls them, and another issuer could call others the same.
type ProviderEdit struct {
	Name         *string
	ClientID     *string
	ClientSecret *string // empty keeps the one that is there
}

// Validate cleans the fields in place and complains of those that cannot be kept.
func (in *ProviderEdit) Validate() error {
	var f errs.Fields
	clean(in.Name, func(s string) string { return plain.Line(&f, "name", s, true, nameMax) })
	clean(in.ClientID, func(s string) string { return plain.Line(&f, "client_id", s, true, clientMax) })
	clean(in.ClientSecret, func(s string) string { return plain.Line(&f, "client_secret", s, false, clientMax) })
	return f.Err()
}

// ProbeProvider checks what was entered and asks the issuer whether it is there.
// What is wrong with it is Invalid, at the field issuer. Call it outside of a
// write: it goes over the network.
func (p *People) ProbeProvider(ctx context.Context, in *NewProvider) error {
	if err := in.Validate(); err != nil {
		return err
	}
	err := p.oidc.Check(ctx, in.Issuer)
	if e, ok := errors.AsType[*errs.Error](err); ok {
		var f errs.Fields
		f.Add("issuer", e.Code, e.Args)
		return f.Err()
	}
	return err
}

// providerRow is a provider as stored.
type providerRow struct {
	ID           int64
	GroupID      *int64
	Name         string
	Issuer       string
	ClientID     string
	ClientSecret string
	CreatedAt    store.Time
}

const providerColumns = "id, group_id, name, issuer, client_id, client_secret, created_at"

func (r providerRow) provider() Provider {
	p := Provider{ID: r.ID, Name: r.Name, Issuer: r.Issuer, ClientID: r.ClientID, HasSecret: r.ClientSecret != "", CreatedAt: r.CreatedAt.Time}
	if r.GroupID != nil {
		p.Group = *r.GroupID
	}
	return p
}

func (r providerRow) spoken() oidc.Provider {
	return oidc.Provider{Issuer: r.Issuer, ClientID: r.ClientID, ClientSecret: r.ClientSecret}
}

func providerByID(g *gorm.DB, id int64) (providerRow, error) {
	var r providerRow
	if err := g.Table("providers").Select(providerColumns).Where("id = ?", id).Take(&r).Error; err != nil {
		return r, store.Translate(fmt.Errorf("read provider %d: %w", id, err))
	}
	return r, nil
}

// Provider reads a provider; NotFound where there is none. Whether it may be
// known of, the caller judges.
func (p *People) Provider(ctx context.Context, id int64) (Provider, error) {
	r, err := providerByID(p.db.Read(ctx), id)
	return r.provider(), err
}

// ProvidersOf lists the providers of a group, and for 0 the forum's own, in the
// order in which they were added. Who may see them, the caller has checked.
func (p *People) ProvidersOf(g *gorm.DB, group int64) ([]Provider, error) {
	var rows []providerRow
	q := g.Table("providers").Select(providerColumns)
	if group == 0 {
		q = q.Where("group_id IS NULL")
	} else {
		q = q.Where("group_id = ?", group)
	}
	if err := q.Order("id").Limit(providersFew).Find(&rows).Error; err != nil {
		return nil, store.Translate(fmt.Errorf("list the providers of group %d: %w", group, err))
	}
	out := make([]Provider, len(rows))
	for i, r := range rows {
		out[i] = r.provider()
	}
	return out, nil
}

// Providers lists the forum's own providers, for the page where people sign in.
func (p *People) Providers(ctx context.Context) ([]Provider, error) {
	return p.ProvidersOf(p.db.Read(ctx), 0)
}

// InsertProvider writes a provider that was probed, of a group or for 0 of the
// forum. Who may do that, the caller has checked.
func (p *People) InsertProvider(tx *store.Tx, who access.Actor, group int64, in NewProvider) (Provider, error) {
	had, err := p.ProvidersOf(tx.DB, group)
	if err != nil {
		return Provider{}, err
	}
	if len(had) >= providersFew {
		return Provider{}, errs.New(errs.Conflict, "provider.too_many", errs.Args{"Max": providersFew})
	}
	r := providerRow{Name: in.Name, Issuer: in.Issuer, ClientID: in.ClientID, ClientSecret: in.ClientSecret, CreatedAt: store.At(p.now())}
	var by *int64
	if who.SignedIn() {
		by = &who.Person
	}
	if group != 0 {
		r.GroupID = &group
	}
	err = tx.Raw("INSERT INTO providers (group_id, name, issuer, client_id, client_secret, created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
		r.GroupID, r.Name, r.Issuer, r.ClientID, r.ClientSecret, by, r.CreatedAt).Row().Scan(&r.ID)
	if err != nil {
		return Provider{}, fmt.Errorf("insert a provider: %w", err)
	}
	return r.provider(), nil
}

// UpdateProvider changes a provider of the group, or for 0 of the forum. Who may
// do that, the caller has checked.
func (p *People) UpdateProvider(tx *store.Tx, group, id int64, in ProviderEdit) (Provider, error) {
	if err := p.providerIn(tx, group, id); err != nil {
		return Provider{}, err
	}
	set := map[string]any{}
	for column, value := range map[string]*string{"name": in.Name, "client_id": in.ClientID, "client_secret": in.ClientSecret} {
		if value != nil && *value != "" {
			set[column] = *value
		}
	}
	if len(set) > 0 {
		if err := tx.Table("providers").Where("id = ?", id).Updates(set).Error; err != nil {
			return Provider{}, fmt.Errorf("edit provider %d: %w", id, err)
		}
	}
	r, err := providerByID(tx.DB, id)
	return r.provider(), err
}

// providerIn complains where a provider is not there, or another group's.
func (p *People) providerIn(tx *store.Tx, group, id int64) error {
	r, err := providerByID(tx.DB, id)
	if err != nil {
		return err
	}
	if r.provider().Group != group {
		return errs.New(errs.NotFound, "error.not_found")
	}
	return nil
}

// DeleteProvider removes a provider of the group, or for 0 of the forum, with
// what people are called there. Sessions and tokens that came through it end,
// and no group requires it any more. Who may do that, the caller has checked.
func (p *People) DeleteProvider(tx *store.Tx, group, id int64) error {
	if err := p.providerIn(tx, group, id); err != nil {
		return err
	}
	var people []int64
	err := tx.Raw("SELECT person_id FROM sessions WHERE provider_id = ? UNION SELECT person_id FROM api_tokens WHERE provider_id = ?", id, id).Scan(&people).Error
	if err != nil {
		return fmt.Errorf("look who came through provider %d: %w", id, err)
	}
	if err := tx.Exec("UPDATE groups SET only_provider_id = NULL WHERE only_provider_id = ?", id).Error; err != nil {
		return fmt.Errorf("require provider %d no longer: %w", id, err)
	}
	if err := tx.Exec("DELETE FROM providers WHERE id = ?", id).Error; err != nil {
		return fmt.Errorf("remove provider %d: %w", id, err)
	}
	for _, person := range people {
		p.changedRights(tx, person)
	}
	return nil
}

// AddProvider adds a provider of the forum, on behalf of an administrator.
func (p *People) AddProvider(ctx context.Context, who access.Actor, in NewProvider) (Provider, error) {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return Provider{}, err
	}
	if err := p.ProbeProvider(ctx, &in); err != nil {
		return Provider{}, err
	}
	var made Provider
	err := p.db.Write(ctx, func(tx *store.Tx) (err error) {
		made, err = p.InsertProvider(tx, who, 0, in)
		return err
	})
	return made, err
}

// EditProvider changes a provider of the forum, on behalf of an administrator.
func (p *People) EditProvider(ctx context.Context, who access.Actor, id int64, in ProviderEdit) (Provider, error) {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return Provider{}, err
	}
	if err := in.Validate(); err != nil {
		return Provider{}, err
	}
	var changed Provider
	err := p.db.Write(ctx, func(tx *store.Tx) (err error) {
		changed, err = p.UpdateProvider(tx, 0, id, in)
		return err
	})
	return changed, err
}

// RemoveProvider removes a provider of the forum, on behalf of an administrator.
func (p *People) RemoveProvider(ctx context.Context, who access.Actor, id int64) error {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *store.Tx) error { return p.DeleteProvider(tx, 0, id) })
}

// ListProviders lists the forum's own providers for an administrator.
func (p *People) ListProviders(ctx context.Context, who access.Actor) ([]Provider, error) {
	if err := access.Check(who, access.Administer, access.Forum()); err != nil {
		return nil, err
	}
	return p.Providers(ctx)
}

// through is by which provider a session or token came.
type through struct {
	ProviderID *int64
	OfGroup    bool
}

// throughColumns are those of a through, with providers AS v joined to what came.
const throughColumns = "v.id AS provider_id, v.group_id IS NOT NULL AS of_group"

func (t through) provider() int64 {
	if t.ProviderID == nil {
		return 0
	}
	return *t.ProviderID
}

// as is the person as whom one acts who came so. Whoever runs the provider of a
// group can sign in as everybody who is linked with it. That must not make them
// administrators of the forum.
func (t through) as(r row) Person {
	p := r.person()
	p.Administrator = p.Administrator && !t.OfGroup
	return p
}

// providerOf is a provider as it is stored beside what came through it.
func providerOf(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}
