package keys

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/ledger"
	"plenary/pkg/store"
)

// Key is the public half of what the site signs receipts and certificates with.
type Key struct {
	Public      ledger.PublicKey
	Fingerprint string // what people compare
	Since       time.Time
}

// keyRow is a key as stored. Private is the seed, and is read here only.
type keyRow struct {
	Public    []byte
	Private   []byte
	CreatedAt store.Time
}

// Current gives the public key that signs now. It is made when it is first asked for.
func (k *Keys) Current(ctx context.Context) (Key, error) {
	keys, err := Public(k.db.Read(ctx))
	if err != nil {
		return Key{}, store.Translate(err)
	}
	if len(keys) > 0 {
		return keys[0], nil
	}
	err = k.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := k.Signer(tx); err != nil {
			return err
		}
		keys, err = Public(tx.DB)
		return err
	})
	if err != nil {
		return Key{}, err
	}
	return keys[0], nil
}

// Public are the halves to be shown of all keys that ever signed, the newest first.
func Public(g *gorm.DB) ([]Key, error) {
	var rows []keyRow
	if err := g.Table("signing_keys").Select("public, created_at").Order("id DESC").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the public keys: %w", err)
	}
	out := make([]Key, len(rows))
	for i, r := range rows {
		out[i] = Key{Public: r.Public, Fingerprint: ledger.Fingerprint(r.Public), Since: r.CreatedAt.Time}
	}
	return out, nil
}

// Signer is the newest key, made where there is none. Two nodes that make the
// first one at once agree on one of the two.
func (k *Keys) Signer(tx *store.Tx) (ed25519.PrivateKey, error) {
	for range 2 {
		var rows []keyRow
		if err := tx.Table("signing_keys").Select("private").Order("id DESC").Limit(1).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("read the signing key: %w", err)
		}
		if len(rows) > 0 {
			return keyOf(rows[0].Private)
		}
		if err := k.make(tx); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("the signing key that was made is not there")
}

// Newest is Signer for who is in no transaction.
func (k *Keys) Newest(ctx context.Context) (key ed25519.PrivateKey, err error) {
	err = k.db.Write(ctx, func(tx *store.Tx) error {
		key, err = k.Signer(tx)
		return err
	})
	return key, err
}

func keyOf(seed []byte) (ed25519.PrivateKey, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("a signing key has %d bytes instead of %d", len(seed), ed25519.SeedSize)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func (k *Keys) make(tx *store.Tx) error {
	seed, err := ledger.NewHash(k.random)
	if err != nil {
		return err
	}
	public := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
	err = tx.Exec("INSERT INTO signing_keys (id, public, private, created_at) VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING",
		[]byte(public), seed[:], store.At(k.now())).Error
	if err != nil {
		return fmt.Errorf("keep a new signing key: %w", err)
	}
	return nil
}
