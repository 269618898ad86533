package keys_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"plenary/pkg/poll/keys"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// Nodes that all need the first key at once make one between them.
func TestEverybodySignsWithTheSameKey(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		if made, err := keys.Public(db.Read(t.Context())); err != nil || len(made) != 0 {
			t.Fatalf("before anybody asks there are %d keys, %v", len(made), err)
		}
		private := make([]ed25519.PrivateKey, 6)
		var all sync.WaitGroup
		for i := range private {
			all.Go(func() {
				var err error
				node := keys.New(db, func() time.Time { return time.Unix(int64(i), 0) }, rand.Reader)
				if private[i], err = node.Newest(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		key, err := keys.New(db, time.Now, rand.Reader).Current(t.Context())
		if err != nil || key.Fingerprint == "" || key.Since.Unix() >= int64(len(private)) {
			t.Fatalf("the key is %+v, %v", key, err)
		}
		for i, one := range private {
			if public := one.Public().(ed25519.PublicKey); !public.Equal(ed25519.PublicKey(key.Public)) {
				t.Errorf("node %d signs with another key", i)
			}
		}
		if made, err := keys.Public(db.Read(t.Context())); err != nil || len(made) != 1 {
			t.Errorf("there are %d keys, %v", len(made), err)
		}
	})
}
