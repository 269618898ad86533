package person

import (
	"context"
	"fmt"
	"regexp"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/store"
)

var checksum = regexp.MustCompile(`^[0-9a-f]{64}$`)

// SetPicture gives somebody the picture that is kept under the checksum, or for
// an empty one takes theirs away. It returns the checksum of the one before.
func (p *People) SetPicture(ctx context.Context, who access.Actor, sum string) (before string, err error) {
	if !who.SignedIn() {
		return "", errSignIn()
	}
	if sum != "" && !checksum.MatchString(sum) {
		return "", fmt.Errorf("the picture %q has no checksum", sum)
	}
	err = p.db.Write(ctx, func(tx *store.Tx) error {
		r, err := lockRow(tx, who.Person)
		if err != nil {
			return err
		}
		before = r.Picture
		if err := tx.Exec("UPDATE people SET picture = ? WHERE id = ?", sum, r.ID).Error; err != nil {
			return fmt.Errorf("set the picture of person %d: %w", r.ID, err)
		}
		tx.AfterCommit(func() { p.cache.drop(r.ID) })
		return nil
	})
	return before, err
}

// PictureOf tells whether the person has the picture: NotFound where not, also
// where they had it before.
func (p *People) PictureOf(ctx context.Context, handle, sum string) error {
	r, err := p.rowByHandle(ctx, handle)
	if err != nil {
		return err
	}
	if sum == "" || r.Picture != sum {
		return errs.New(errs.NotFound, "error.not_found")
	}
	return nil
}
