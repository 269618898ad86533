package person

import (
	"crypto/rand"
	"strings"
	"testing"
)

func TestEveryPasswordIsReadBackUnchanged(t *testing.T) {
	t.Parallel()
	h := newHasher(Cost{Memory: 8, Time: 1, Threads: 1}, rand.Reader)
	for _, password := range []string{"correct", "", " spaces ", "\x00\xff", "пароль", "p̂ä$$w0rd$m=8", strings.Repeat("long", 64), "e\u0301", "\u00e9"} {
		hash, err := h.hash(t.Context(), password)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := h.matches(t.Context(), hash, password); !ok || err != nil {
			t.Errorf("%q does not match its own hash: %v", password, err)
		}
		if ok, err := h.matches(t.Context(), hash, password+" "); ok || err != nil {
			t.Errorf("%q matches with a space more, %v", password, err)
		}
		if again, _ := h.hash(t.Context(), password); again == hash {
			t.Errorf("%q has the same hash twice: no salt", password)
		}
	}
	if ok, err := h.matches(t.Context(), "", ""); ok || err != nil {
		t.Errorf("the empty password matches no hash: %v, %v", ok, err)
	}
}

func TestTheDefaultCostIsThatOfTheCheatSheet(t *testing.T) {
	t.Parallel()
	h := newHasher(DefaultCost, rand.Reader)
	hash, err := h.hash(t.Context(), "a password")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%s, %v", hash, err)
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add(phc(DefaultCost, make([]byte, saltBytes), make([]byte, keyBytes)))
	f.Add("$argon2id$v=19$m=1,t=0,p=0$$")
	f.Add("$2y$10$")
	f.Fuzz(func(t *testing.T, s string) {
		c, salt, key, err := parsePHC(s)
		if err != nil {
			return
		}
		c2, salt2, key2, err := parsePHC(phc(c, salt, key))
		if err != nil || c2 != c || string(salt2) != string(salt) || string(key2) != string(key) {
			t.Errorf("%q is read differently after writing: %v", s, err)
		}
		if c.Time == 0 || c.Threads == 0 {
			t.Errorf("%q has a cost that argon2 panics at", s)
		}
	})
}
