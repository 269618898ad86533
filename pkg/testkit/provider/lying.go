// Package provider holds providers of sign-in for tests: a real one, and one
// that says whatever a test wants it to say.
package provider

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// The client that both providers know.
const (
	ClientID     = "plenary"
	ClientSecret = "a secret between the two"
)

// Lying is a provider of our own. It signs in everybody who comes, and follows
// the standard wherever it is not told to do otherwise.
type Lying struct {
	URL string

	mu   sync.Mutex
	lies Lies
	now  func() time.Time
	keys map[string]crypto.Signer
	asks map[string]url.Values // by code
	met  map[string]int        // requests by path
}

// Lies are what it does otherwise. The zero value is honest.
type Lies struct {
	Subject   string                  // of who signs in; "sub-1" where empty
	Says      map[string]any          // claims to add or, by nil, to leave out
	Algorithm string                  // of the signature; RS256 where empty, or "none", "HS256"
	Stranger  bool                    // signed with a key that it does not publish
	Discovery map[string]any          // members of the discovery document to replace
	Pages     map[string]http.Handler // what answers at a path instead
	Refuse    string                  // an error code in place of a code
	Userinfo  map[string]any          // what the userinfo endpoint says
	Blank     bool                    // an answer without an ID token
	NoPKCE    bool                    // does not check the verifier
}

// NewLying starts one. Its clock is the test's.
func NewLying(t testing.TB, now func() time.Time) *Lying {
	t.Helper()
	signers, err := keys()
	must(t, err)
	l := &Lying{now: now, keys: signers, asks: map[string]url.Values{}, met: map[string]int{}}
	server := httptest.NewServer(http.HandlerFunc(l.serve))
	t.Cleanup(server.Close)
	l.URL = server.URL
	return l
}

// keys are drawn once a process, since that takes long.
var keys = sync.OnceValues(func() (map[string]crypto.Signer, error) {
	one, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	two, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	_, three, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	return map[string]crypto.Signer{"RS256": one, "PS256": one, "ES256": two, "EdDSA": three, "stranger": stranger}, err
})

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Lie changes what it does from now on.
func (l *Lying) Lie(lies Lies) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lies = lies
}

// Met tells how often a path was asked for.
func (l *Lying) Met(path string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.met[path]
}

func (l *Lying) serve(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.met[r.URL.Path]++
	if page, ok := l.lies.Pages[r.URL.Path]; ok {
		page.ServeHTTP(w, r)
		return
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		answer(w, l.discovery())
	case "/keys":
		answer(w, l.published())
	case "/authorize":
		l.authorize(w, r)
	case "/token":
		l.token(w, r)
	case "/userinfo":
		answer(w, l.lies.Userinfo)
	default:
		http.NotFound(w, r)
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": code})
}

func (l *Lying) discovery() map[string]any {
	doc := map[string]any{"issuer": l.URL, "authorization_endpoint": l.URL + "/authorize", "token_endpoint": l.URL + "/token",
		"jwks_uri": l.URL + "/keys", "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256", "none", "HS256"}}
	if l.lies.Userinfo != nil {
		doc["userinfo_endpoint"] = l.URL + "/userinfo"
	}
	maps.Copy(doc, l.lies.Discovery)
	return doc
}

func (l *Lying) published() jose.JSONWebKeySet {
	var set jose.JSONWebKeySet
	for _, name := range []string{"RS256", "ES256", "EdDSA"} {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: l.keys[name].Public(), KeyID: keyName(name), Use: "sig"})
	}
	return set
}

// keyName is the same for the two ways to sign with the RSA key.
func keyName(algorithm string) string {
	if algorithm == "PS256" || algorithm == "HS256" || algorithm == "none" {
		return "RS256"
	}
	return algorithm
}

// authorize sends the browser back at once.
func (l *Lying) authorize(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	back, err := url.Parse(asked.Get("redirect_uri"))
	if err != nil || asked.Get("client_id") != ClientID || asked.Get("code_challenge_method") != "S256" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	q := url.Values{"state": asked["state"]}
	if l.lies.Refuse != "" {
		q.Set("error", l.lies.Refuse)
	} else {
		code := rand.Text()
		l.asks[code] = asked
		q.Set("code", code)
	}
	back.RawQuery = q.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

// token gives an ID token for a code, once.
func (l *Lying) token(w http.ResponseWriter, r *http.Request) {
	asked, ok := l.asks[r.PostFormValue("code")]
	delete(l.asks, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	fits := base64.RawURLEncoding.EncodeToString(sum[:]) == asked.Get("code_challenge")
	id, secret, _ := r.BasicAuth()
	known, _ := url.QueryUnescape(secret)
	switch {
	case id != ClientID || known != ClientSecret:
		refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	case !ok || !fits && !l.lies.NoPKCE || r.PostFormValue("redirect_uri") != asked.Get("redirect_uri"):
		refuse(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	out := map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 60}
	if !l.lies.Blank {
		out["id_token"] = l.sign(l.claims(asked.Get("nonce")))
	}
	answer(w, out)
}

func (l *Lying) claims(nonce string) map[string]any {
	now := l.now()
	claims := map[string]any{"iss": l.URL, "sub": "sub-1", "aud": ClientID, "exp": now.Add(5 * time.Minute).Unix(), "iat": now.Unix(), "nonce": nonce}
	if l.lies.Subject != "" {
		claims["sub"] = l.lies.Subject
	}
	for name, value := range l.lies.Says {
		if value == nil {
			delete(claims, name)
			continue
		}
		claims[name] = value
	}
	return claims
}

func (l *Lying) sign(claims map[string]any) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	algorithm := l.lies.Algorithm
	var key any = l.keys["RS256"]
	switch algorithm {
	case "none":
		part := base64.RawURLEncoding.EncodeToString
		return part([]byte(`{"alg":"none","kid":"RS256"}`)) + "." + part(payload) + "."
	case "HS256":
		padded := sha256.Sum256([]byte(ClientSecret))
		key = padded[:]
	case "":
		algorithm = "RS256"
	default:
		key = l.keys[algorithm]
	}
	if l.lies.Stranger {
		key = l.keys["stranger"]
	}
	options := (&jose.SignerOptions{}).WithHeader("kid", keyName(algorithm))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(algorithm), Key: key}, options)
	if err != nil {
		panic(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		panic(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return token
}
