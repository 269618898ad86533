package person

import (
	"errors"
	"io"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/mail"
	"plenary/pkg/oidc"
	"plenary/pkg/store"
)

// Brief is what is shown of a person beside a contribution.
type Brief struct {
	ID          int64
	Handle      string
	Name        string
	Affiliation string // empty where none
	Picture     string // checksum of the picture; empty where none
	Title       string `gorm:"-"` // in the home group of the thread that it stands in; filled in by whoever shows one
}

// Person is an account. Email is for the person and administrators only.
type Person struct {
	Brief
	Email         string // small letters; empty where none is known
	Administrator bool   // of the whole forum
	Imported      bool   // made by an import and claimed by nobody
	HasPassword   bool
	LinkedTo      int64  // the account that took over an imported one; 0 where none
	TimeZone      string // IANA name; empty for that of the forum
	Language      string // BCP 47 tag; empty for that of the browser
	CreatedAt     time.Time

	Pronouns       string // such as "she/her"; empty where not said
	EmailConfirmed bool   // the person has shown that the address is theirs
	Waiting        bool   // an administrator has not yet agreed to the account
	Disabled       bool   // an administrator has closed it
	Erased         bool   // the person has had it erased; what remains has no name
	HasSecond      bool   // signing in takes a second factor
}

// Actor is the person as somebody who acts.
func (p Person) Actor() access.Actor {
	return access.Actor{Person: p.ID, Administrator: p.Administrator}
}

// People is everybody with an account. It is safe for concurrent use.
type People struct {
	db       *store.DB
	now      func() time.Time
	random   io.Reader
	hasher   *hasher
	throttle *throttle

	fromAddress, toMailbox *quota // of mails asked for by who has not signed in
	ownMails               *quota // of mails asked for by who is known, by person
	codesFrom              *quota // of codes typed, by address
	typedCodes             *quota // of codes typed for one mailbox from one address, or by one person
	challenges             *quota // for passkeys, by address
	departures             *quota // to providers, by address

	cache     *sessionCache
	post      Post
	party     *webauthn.WebAuthn // what passkeys are made for; nil where there can be none
	oidc      *oidc.Client
	listeners []func(event.Signal)
	movers    []Mover
}

// Post puts a letter into the transaction: it leaves soon after the commit, and
// not at all after a rollback.
type Post func(tx *store.Tx, l mail.Letter) error

// Option changes how People work.
type Option func(*People)

// WithCost sets what hashing a password costs, instead of DefaultCost. Hashes of
// another cost stay valid and are renewed at the next sign-in.
func WithCost(c Cost) Option { return func(p *People) { p.hasher.cost = c } }

// WithPost sets where letters go. Without it whatever has to send one fails.
func WithPost(post Post) Option { return func(p *People) { p.post = post } }

func noPost(*store.Tx, mail.Letter) error {
	return errors.New("this forum was put together without mail")
}

// New opens the room. The clock and the source of randomness come from outside;
// random must be safe for concurrent use and, outside of tests, crypto/rand.Reader.
func New(db *store.DB, now func() time.Time, random io.Reader, options ...Option) *People {
	p := &People{
		db: db, now: now, random: random,
		hasher: newHasher(DefaultCost, random), throttle: newThrottle(), cache: newSessionCache(),
		post:        noPost,
		oidc:        oidc.New(oidc.Config{Now: now}),
		fromAddress: newQuota(mailsFromAddress, time.Hour, "person.too_many_mails"),
		toMailbox:   newQuota(mailsToMailbox, time.Hour, "person.too_many_mails"),
		ownMails:    newQuota(mailsToOwn, time.Hour, "person.too_many_mails"),
		codesFrom:   newQuota(codesFromAddress, time.Hour, "person.too_many_codes"),
		typedCodes:  newQuota(codesOfMailbox, 24*time.Hour, "person.too_many_codes"),
		challenges:  newQuota(challengesFromAddress, 10*time.Minute, "passkey.too_many_questions"),
		departures:  newQuota(departuresFromAddress, 10*time.Minute, "provider.too_many_departures"),
	}
	for _, o := range options {
		o(p)
	}
	return p
}

// OnRightsChanged registers a listener for sessions and tokens that ended and
// rights that moved. It is called after the commit and must be quick. Register
// before the first request.
func (p *People) OnRightsChanged(fn func(event.Signal)) { p.listeners = append(p.listeners, fn) }

// Forget drops what is remembered of the person's sessions, after another node
// has told that they changed. 0 forgets everybody's.
func (p *People) Forget(person int64) { p.cache.drop(person) }

// changedRights forgets the person's sessions and tells the listeners, once the
// transaction is on disk.
func (p *People) changedRights(tx *store.Tx, person int64) {
	tx.AfterCommit(func() {
		p.cache.drop(person)
		for _, tell := range p.listeners {
			tell(event.Signal{Person: person})
		}
	})
}
