package person

import (
	"gorm.io/gorm"

	"plenary/pkg/store"
)

// row is an account as stored.
type row struct {
	ID            int64
	Handle        string
	Name          string
	Affiliation   string
	Email         *string
	PasswordHash  string
	Administrator bool
	ImportedFrom  *string
	LinkedTo      *int64
	TimeZone      string
	Language      string
	CreatedAt     store.Time

	Pronouns         string
	Picture          string
	EmailConfirmedAt *store.Time
	WaitingSince     *store.Time
	DisabledAt       *store.Time
	DisabledReason   string
	ErasedAt         *store.Time
	TOTPSince        *store.Time
}

// columns of a row, from people AS p.
const columns = `p.id, p.handle, p.name, p.affiliation, p.email, p.password_hash, p.administrator,
	p.imported_from, p.linked_to, p.time_zone, p.language, p.created_at, p.pronouns, p.picture,
	p.email_confirmed_at, p.waiting_since, p.disabled_at, p.disabled_reason, p.erased_at, p.totp_since`

func (r row) brief() Brief {
	return Brief{ID: r.ID, Handle: r.Handle, Name: r.Name, Affiliation: r.Affiliation, Picture: r.Picture}
}

func (r row) person() Person {
	p := Person{
		Brief: r.brief(), Administrator: r.Administrator, HasPassword: r.PasswordHash != "",
		TimeZone: r.TimeZone, Language: r.Language, CreatedAt: r.CreatedAt.Time,
	}
	p.Pronouns, p.EmailConfirmed = r.Pronouns, r.EmailConfirmedAt != nil
	p.Waiting, p.Disabled, p.Erased, p.HasSecond = r.WaitingSince != nil, r.DisabledAt != nil, r.ErasedAt != nil, r.TOTPSince != nil
	p.Imported = r.ImportedFrom != nil && !p.HasPassword
	if r.Email != nil {
		p.Email = *r.Email
	}
	if r.LinkedTo != nil {
		p.LinkedTo = *r.LinkedTo
	}
	return p
}

// one reads the account that the condition on people AS p finds.
func one(g *gorm.DB, condition string, args ...any) (row, error) {
	var r row
	err := g.Table("people AS p").Select(columns).Where(condition, args...).Take(&r).Error
	return r, err
}
