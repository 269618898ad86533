package person

import (
	"fmt"

	"gorm.io/gorm"
)

// The ways into an account, as conditions on people AS p. A passkey that was
// seen to be copied opens nothing any more; how it is stored is webauthn's.
const (
	hasPassword  = "p.password_hash <> ''"
	hasMailbox   = "(p.email IS NOT NULL AND p.email_confirmed_at IS NOT NULL)"
	worksStill   = `k.credential NOT LIKE '%"cloneWarning":true%'`
	hasPasskey   = "EXISTS (SELECT 1 FROM passkeys AS k WHERE k.person_id = p.id AND " + worksStill + ")"
	otherAccount = "EXISTS (SELECT 1 FROM identities AS i WHERE i.person_id = p.id AND i.provider_id <> s.provider_id)"
)

// otherWay is the condition on sessions AS s of people AS p that the account can
// be entered otherwise than through the provider of the session. An account that
// administers the forum counts as one that can.
const otherWay = "(p.administrator OR " + hasPassword + " OR " + hasMailbox + " OR " + hasPasskey + " OR " + otherAccount + ")"

// waysIn counts by what an account can be entered, without one of its passkeys,
// 0 for none: a password, passkeys that work, providers, and letters to an
// address that is known to be theirs.
func waysIn(g *gorm.DB, person, without int64) (int64, error) {
	var n int64
	err := g.Raw("SELECT (CASE WHEN "+hasPassword+" THEN 1 ELSE 0 END) + (CASE WHEN "+hasMailbox+` THEN 1 ELSE 0 END)
		+ (SELECT COUNT(*) FROM passkeys AS k WHERE k.person_id = p.id AND k.id <> ? AND `+worksStill+`)
		+ (SELECT COUNT(*) FROM identities AS i WHERE i.person_id = p.id) FROM people AS p WHERE p.id = ?`, without, person).Row().Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count the ways in of person %d: %w", person, err)
	}
	return n, nil
}
