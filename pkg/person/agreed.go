package person

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/page"
	"plenary/pkg/store"
)

var errUnwritten = errors.New("unwritten")

type Cost struct {
	Memory  uint32
	Time    uint32
	Threads uint8
}

func WithCost(c Cost) Option { return func(*People) {} }

type NewPerson struct {
	Name, Handle, Email, Affiliation, Password string
	Administrator                              bool
}
type SetUp struct{ Forum, Name, Handle, Email, Affiliation, Password string }
type ProfileEdit struct{ Name, Affiliation, TimeZone, Language *string }
type Session struct {
	ID        int64
	Person    Person
	ExpiresAt time.Time
}
type SessionInfo struct {
	ID                               int64
	Device                           string
	CreatedAt, LastUsedAt, ExpiresAt time.Time
}
type NewToken struct {
	Person  int64
	Name    string
	Scopes  []string
	Expires time.Duration
}
type TokenInfo struct {
	ID                    int64
	Name                  string
	Scopes                []string
	CreatedAt             time.Time
	LastUsedAt, ExpiresAt *time.Time
}
type Prepared struct{}

func (p *People) Add(ctx context.Context, who access.Actor, in NewPerson) (Person, error) {
	return Person{}, errUnwritten
}
func (p *People) Prepare(ctx context.Context, in NewPerson) (Prepared, error) {
	return Prepared{}, errUnwritten
}
func (p *People) Insert(tx *store.Tx, in Prepared) (Person, error) { return Person{}, errUnwritten }
func (p *People) SetUp(ctx context.Context, token string, in SetUp) (Person, error) {
	return Person{}, errUnwritten
}
func (p *People) SetUpToken(ctx context.Context) (token string, needed bool, err error) {
	return "", false, errUnwritten
}
func (p *People) CheckSetUp(ctx context.Context, token string) error { return errUnwritten }
func (p *People) ForumName(ctx context.Context) (string, error)      { return "", errUnwritten }
func (p *People) SetForumName(ctx context.Context, who access.Actor, name string) error {
	return errUnwritten
}
func (p *People) SignIn(ctx context.Context, login, password, device string) (token string, who Person, err error) {
	return "", Person{}, errUnwritten
}
func (p *People) OpenSession(ctx context.Context, person int64, device string) (token string, err error) {
	return "", errUnwritten
}
func (p *People) SignOut(ctx context.Context, token string) error { return errUnwritten }
func (p *People) Session(ctx context.Context, token string) (Session, error) {
	return Session{}, errUnwritten
}
func (p *People) SessionAlive(ctx context.Context, id int64) error { return errUnwritten }
func (p *People) Sessions(ctx context.Context, who access.Actor) ([]SessionInfo, error) {
	return nil, errUnwritten
}
func (p *People) EndSession(ctx context.Context, who access.Actor, id int64) error {
	return errUnwritten
}
func (p *People) DropExpired(ctx context.Context) (int64, error) { return 0, errUnwritten }
func (p *People) Forget(person int64)                            {}
func (p *People) ChangePassword(ctx context.Context, who access.Actor, old, new string) error {
	return errUnwritten
}
func (p *People) SetPassword(ctx context.Context, who access.Actor, handle, password string) error {
	return errUnwritten
}
func (p *People) EditProfile(ctx context.Context, who access.Actor, in ProfileEdit) (Person, error) {
	return Person{}, errUnwritten
}
func (p *People) NewToken(ctx context.Context, who access.Actor, in NewToken) (token string, info TokenInfo, err error) {
	return "", TokenInfo{}, errUnwritten
}
func (p *People) Tokens(ctx context.Context, who access.Actor) ([]TokenInfo, error) {
	return nil, errUnwritten
}
func (p *People) RevokeToken(ctx context.Context, who access.Actor, id int64) error {
	return errUnwritten
}
func (p *People) ByToken(ctx context.Context, token string) (who Person, scopes []string, err error) {
	return Person{}, nil, errUnwritten
}
func (p *People) ByID(ctx context.Context, id int64) (Person, error) { return Person{}, errUnwritten }
func (p *People) ByHandle(ctx context.Context, handle string) (Person, error) {
	return Person{}, errUnwritten
}
func (p *People) Briefs(g *gorm.DB, ids []int64) (map[int64]Brief, error) { return nil, errUnwritten }
func (p *People) List(ctx context.Context, who access.Actor, q string, at page.Page) (page.List[Person], error) {
	return page.List[Person]{}, errUnwritten
}
func (p *People) Imported(tx *store.Tx, key, name, affiliation string, at time.Time) (Brief, error) {
	return Brief{}, errUnwritten
}
func (p *People) Link(ctx context.Context, who access.Actor, imported, real int64) error {
	return errUnwritten
}
func (p *People) Suggest(ctx context.Context, who access.Actor, threadID, groupID int64, prefix string, limit int) ([]Brief, error) {
	return nil, errUnwritten
}
