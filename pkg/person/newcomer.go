package person

import (
	"fmt"
	"time"

	"plenary/pkg/store"
)

const (
	newcomersToldKey = "newcomers_told" // of the setting: when, as digits that sort
	newcomersEvery   = time.Hour
	newcomersTo      = 50 // administrators at most
)

// tellOfNewcomer writes to the administrators that somebody waits for them, at
// most once an hour.
func (p *People) tellOfNewcomer(tx *store.Tx) error {
	digits := func(t time.Time) string { return fmt.Sprintf("%020d", t.UnixMilli()) }
	told := tx.Exec("INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE settings.value <= ?",
		newcomersToldKey, digits(p.now()), digits(p.now().Add(-newcomersEvery)))
	if told.Error != nil {
		return fmt.Errorf("note that administrators were told: %w", told.Error)
	}
	if told.RowsAffected == 0 {
		return nil
	}
	var rows []row
	err := tx.Table("people AS p").Select(columns).Where("p.administrator AND p.email IS NOT NULL AND " + active).Order("p.id").Limit(newcomersTo).Find(&rows).Error
	if err != nil {
		return fmt.Errorf("look for the administrators: %w", err)
	}
	for _, r := range rows {
		if err := p.post(tx, letterTo(r, "sign_up_waiting", map[string]string{"Path": "/admin/signup"})); err != nil {
			return err
		}
	}
	return nil
}
