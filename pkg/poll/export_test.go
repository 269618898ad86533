package poll

import (
	"time"

	"plenary/pkg/access"
	"plenary/pkg/store"
)

// Admit and Dismiss change the electorate of an open poll as the rooms of this
// package do.
func (p *Polls) Admit(tx *store.Tx, id, person, weight int64, now time.Time) error {
	locked, _, err := p.lock(tx, access.System(), id)
	if err != nil {
		return err
	}
	return p.admit(tx, &locked, []voter{{person, weight, "test"}}, "joined", now)
}

func (p *Polls) Dismiss(tx *store.Tx, id, person int64, now time.Time) error {
	locked, _, err := p.lock(tx, access.System(), id)
	if err != nil {
		return err
	}
	return p.dismiss(tx, &locked, []int64{person}, "left", now)
}
