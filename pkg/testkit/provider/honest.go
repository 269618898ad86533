package provider

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

// Password is that of everybody at the honest provider.
const Password = "verysecure"

// Account is somebody at the honest provider.
type Account struct {
	Username string
	First    string
	Last     string
	Email    string
	Verified bool
}

// accounts are its people.
type accounts map[string]*storage.User

// GetUserByID finds somebody by their name for programs.
func (a accounts) GetUserByID(id string) *storage.User { return a[id] }

// GetUserByUsername finds somebody by what they type.
func (a accounts) GetUserByUsername(name string) *storage.User {
	for _, u := range a {
		if u.Username == name {
			return u
		}
	}
	return nil
}

// ExampleClientID is of no use here; its interface wants it.
func (accounts) ExampleClientID() string { return storage.ServiceUserID }

// NewHonest starts a real provider, the certified one of zitadel/oidc, that
// leads back to the address given, and returns its issuer.
func NewHonest(t testing.TB, callback string, people ...Account) string {
	t.Helper()
	known := accounts{}
	for _, p := range people {
		known["id-of-"+p.Username] = &storage.User{ID: "id-of-" + p.Username, Username: p.Username, Password: Password, FirstName: p.First, LastName: p.Last,
			Email: p.Email, EmailVerified: p.Verified}
	}
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	// Another name than the forum's 127.0.0.1, so that browsers take the two for two sites.
	issuer := strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/"
	clients := map[string]*storage.Client{ClientID: storage.WebClient(ClientID, ClientSecret, callback)}
	handler = exampleop.SetupServer(issuer, storage.NewStorageWithClients(known, clients), nil, false)
	return issuer
}
