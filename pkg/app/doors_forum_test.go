package app_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"plenary/pkg/access"
)

// The doors that are about no group: for everybody, for whoever has signed in,
// and for administrators.
var (
	everybody = door{about: "forum"}
	account   = door{about: "forum", signedIn: true}
	admins    = door{about: "forum", do: []access.Action{access.Administer}}
	founders  = door{about: "forum", do: []access.Action{access.CreateGroup}}
)

func withBody(d door, body string) door {
	d.body = body
	return d
}

var everybodysDoors = map[string]door{
	"GET /":                        everybody,
	"GET /groups":                  everybody,
	"GET /u/:handle":               everybody,
	"GET /u/:handle/picture/:sum":  everybody,
	"GET /signin":                  everybody,
	"POST /signin":                 everybody,
	"GET /signin/callback":         everybody,
	"POST /signin/code":            everybody,
	"POST /signin/passkey/options": everybody,
	"POST /signin/passkey":         everybody,
	"GET /signin/second":           everybody,
	"POST /signin/second":          everybody,
	"GET /signin/sent":             everybody,
	"POST /signout":                everybody,
	"GET /signup":                  everybody,
	"GET /signup/details":          everybody,
	"POST /signup/details":         everybody,
	"GET /signup/waiting":          everybody,
	"GET /verify":                  everybody,
	"POST /verify":                 everybody,
	"GET /api/v1/groups":           everybody,
	"GET /api/v1/openapi.json":     everybody,
	"GET /api/v1/key":              everybody,
	"GET /key":                     everybody,
	"GET /heads.atom":              everybody,
}

var accountDoors = map[string]door{
	"GET /account":                         account,
	"POST /account/profile":                account,
	"GET /inbox":                           account,
	"GET /inbox/:seq":                      account,
	"POST /inbox/mark":                     account,
	"POST /account/picture":                account,
	"POST /account/picture/remove":         account,
	"GET /account/sign-in":                 account,
	"POST /account/confirm":                account,
	"POST /account/password":               account,
	"POST /account/email":                  account,
	"POST /account/email/cancel":           account,
	"GET /account/sessions":                account,
	"POST /account/sessions/:id/end":       account,
	"POST /account/sessions/end-others":    account,
	"GET /account/tokens":                  account,
	"POST /account/tokens":                 account,
	"POST /account/tokens/:id/revoke":      account,
	"GET /account/data":                    account,
	"POST /account/data/export":            account,
	"GET /account/data/exports/:id":        account,
	"GET /account/data/erase":              account,
	"POST /account/data/erase":             account,
	"GET /account/second-factor":           account,
	"POST /account/second-factor/begin":    account,
	"POST /account/second-factor/confirm":  account,
	"POST /account/second-factor/recovery": account,
	"POST /account/second-factor/off":      account,
	"GET /account/passkeys":                account,
	"POST /account/passkeys":               account,
	"POST /account/passkeys/options":       account,
	"POST /account/passkeys/not-now":       account,
	"POST /account/passkeys/:id/rename":    account,
	"POST /account/passkeys/:id/remove":    account,
	"GET /account/providers":               account,
	"POST /account/providers/:id/unlink":   account,
	"GET /signin/again":                    account,
	"POST /signin/again":                   account,
	"POST /signin/again/passkey":           account,
	"POST /signin/again/passkey/options":   account,
	"POST /preview":                        account,
	"POST /files":                          account,
	"GET /groups/new":                      founders,
	"POST /groups":                         founders,

	"GET /api/v1/me":                  account,
	"GET /api/v1/inbox":               account,
	"GET /api/v1/inbox/polls":         account,
	"POST /api/v1/inbox/mark":         withBody(account, `{"as":"read","all":true}`),
	"PATCH /api/v1/me":                withBody(account, `{}`),
	"PUT /api/v1/me/picture":          account,
	"DELETE /api/v1/me/picture":       account,
	"GET /api/v1/me/sessions":         account,
	"DELETE /api/v1/me/sessions":      account,
	"DELETE /api/v1/me/sessions/:id":  account,
	"POST /api/v1/me/export":          account,
	"GET /api/v1/me/exports":          account,
	"GET /api/v1/me/passkeys":         account,
	"DELETE /api/v1/me/passkeys/:id":  account,
	"GET /api/v1/tokens":              account,
	"POST /api/v1/tokens":             withBody(account, `{"name":"","expires_in_days":1}`),
	"DELETE /api/v1/tokens/:id":       account,
	"POST /api/v1/files":              account,
	"POST /api/v1/groups":             withBody(founders, `{"name":""}`),
	"POST /api/v1/invitations/accept": withBody(account, `{"token":"none"}`),
}

var administratorDoors = map[string]door{
	"GET /admin":                              admins,
	"POST /admin/settings":                    admins,
	"GET /admin/groups":                       admins,
	"GET /admin/mail":                         admins,
	"GET /admin/mail/:id":                     admins,
	"POST /admin/mail/test":                   admins,
	"POST /admin/people":                      admins,
	"GET /admin/people/:id":                   admins,
	"POST /admin/people/:id/administrator":    admins,
	"POST /admin/people/:id/disable":          admins,
	"POST /admin/people/:id/enable":           admins,
	"POST /admin/people/:id/erase":            admins,
	"POST /admin/people/:id/link":             admins,
	"POST /admin/people/:id/merge":            admins,
	"POST /admin/people/:id/reset-second":     admins,
	"POST /admin/people/:id/sign-in-mail":     admins,
	"GET /admin/providers":                    admins,
	"POST /admin/providers":                   admins,
	"POST /admin/providers/lift":              admins,
	"POST /admin/providers/:id/edit":          admins,
	"POST /admin/providers/:id/remove":        admins,
	"GET /admin/signup":                       admins,
	"POST /admin/signup":                      admins,
	"POST /admin/signup/:id/approve":          admins,
	"POST /admin/signup/:id/decline":          admins,
	"GET /admin/system":                       admins,
	"POST /admin/system/jobs/:id/retry":       admins,
	"GET /api/v1/people":                      admins,
	"POST /api/v1/people":                     withBody(admins, `{"name":""}`),
	"GET /api/v1/people/:handle":              admins,
	"PATCH /api/v1/people/:handle":            withBody(admins, `{}`),
	"POST /api/v1/people/:handle/merge":       withBody(admins, `{}`),
	"GET /api/v1/admin/mails":                 admins,
	"GET /api/v1/admin/providers":             admins,
	"POST /api/v1/admin/providers":            withBody(admins, `{"name":""}`),
	"PATCH /api/v1/admin/providers/:id":       withBody(admins, `{}`),
	"DELETE /api/v1/admin/providers/:id":      admins,
	"GET /api/v1/admin/sign_up":               admins,
	"PATCH /api/v1/admin/sign_up":             withBody(admins, `{}`),
	"GET /api/v1/admin/sign_ups":              admins,
	"POST /api/v1/admin/sign_ups/:id/approve": admins,
	"POST /api/v1/admin/sign_ups/:id/decline": admins,
	"GET /api/v1/admin/system":                admins,
}

// inPerson are calls that take somebody who has proved a moment ago who they
// are, which no token does.
var inPerson = map[string]bool{"DELETE /api/v1/me/passkeys/:id": true, "POST /api/v1/me/export": true, "POST /api/v1/tokens": true}

// forumDoors knocks at the doors that are about no group. What was done may have
// ended a session, so whoever was let in gets another.
func (k *knocking) forumDoors() {
	listed := doors()
	for _, route := range slices.Sorted(maps.Keys(listed)) {
		d := listed[route]
		if d.about != "forum" {
			continue
		}
		for _, name := range crawlers {
			k.knockAtForum(route, d, name)
		}
	}
}

func (k *knocking) knockAtForum(route string, d door, name string) {
	method, path, _ := strings.Cut(route, " ")
	want := d.check(k.actors[name], access.Forum())
	got := k.knockWith(name, method, k.forumAddress(path), d.body, strings.HasPrefix(path, "/api/") && !inPerson[route])
	k.knocks++
	if !agrees(want, got, method, path, name) || got >= 500 {
		k.t.Errorf("%s by %s: %d; the rules say %v", route, name, got, want)
	}
	if want == nil && got != http.StatusNotFound {
		k.opened[route] = true
	}
	if method != http.MethodGet && got < 400 && k.actors[name].SignedIn() {
		k.signIn(name, k.actors[name], k.actors[name].Provider)
	}
}

// forumAddress names what an administrator does something to.
func (k *knocking) forumAddress(path string) string {
	id := int64(nobody)
	switch {
	case strings.HasPrefix(path, "/admin/people/"):
		id = k.actors["bystander"].Person
	case strings.Contains(path, "/admin/mail/"):
		k.must(k.DB.Read(k.ctx).Raw("SELECT MIN(id) FROM mails").Row().Scan(&id))
	case strings.Contains(path, "/admin/providers/:id"):
		id = spareProvider
		k.sql("DELETE FROM providers WHERE id = ?", id)
		k.provider(id, 0)
	case strings.Contains(path, "/signup/:id"), strings.Contains(path, "/sign_ups/:id"):
		k.made++
		newcomer := k.person(fmt.Sprintf("newcomer-%d", k.made), "Newcomer", "", "", access.NoRole)
		k.sql("UPDATE people SET waiting_since = 1 WHERE id = ?", newcomer.Person)
		id = newcomer.Person
	}
	return strings.NewReplacer(":id", fmt.Sprint(id), ":seq", fmt.Sprint(id), ":handle", "the-bystander", ":sum", k.picture).Replace(path)
}

// nobody has this id, and nothing.
const nobody = 999999

// opensToNothing are doors at which the crawl can only knock with what is not
// there, with the test that opens them.
var opensToNothing = map[string]string{
	"POST /p/:id/guests/:guest/revoke":               "guests of a poll; TestLinksThatLeadNowhereSayWhy",
	"POST /p/:id/guests/:guest/resend":               "guests of a poll; TestLinksThatLeadNowhereSayWhy",
	"DELETE /api/v1/polls/:id/guests/:guest":         "guests of a poll; TestLinksThatLeadNowhereSayWhy",
	"POST /api/v1/polls/:id/guests/:guest/resend":    "guests of a poll; TestLinksThatLeadNowhereSayWhy",
	"GET /p/:id/pictures/:file":                      "pictures of options; TestAnOptionHasAPictureWithoutAScript",
	"GET /inbox/:seq":                                "one's own rows; TestTheInboxShowsWhatConcernsOneAndKeepsWhatWasRead",
	"POST /account/sessions/:id/end":                 "one's own sessions; TestSessionsAreShownInWordsAndEnded",
	"POST /account/tokens/:id/revoke":                "one's own tokens; TestATokenEndsWhenItExpiresOrIsRevoked",
	"GET /account/data/exports/:id":                  "one's own copies; TestACopyIsAskedForAndDownloadedByItsOwnerAlone",
	"POST /account/passkeys/:id/rename":              "one's own passkeys; TestPasskeysAreRenamedAndRemovedWithoutScripts",
	"POST /account/passkeys/:id/remove":              "one's own passkeys; TestPasskeysAreRenamedAndRemovedWithoutScripts",
	"POST /account/providers/:id/unlink":             "one's own providers; TestComingBackSignsInWhoIsKnown",
	"DELETE /api/v1/me/sessions/:id":                 "one's own sessions",
	"DELETE /api/v1/sessions/:id/people/:part":       "parts of a session; liveWithParts in pkg/api",
	"DELETE /api/v1/sessions/:id/material/:material": "parts of a session; liveWithParts in pkg/api",
	"DELETE /api/v1/sessions/:id/themes/:theme":      "themes of a session; eventStory of pkg/api",
	"POST /api/v1/sessions/:id/themes/:theme/move":   "themes of a session; eventStory of pkg/api",
	"DELETE /api/v1/me/passkeys/:id":                 "one's own passkeys",
	"DELETE /api/v1/tokens/:id":                      "one's own tokens",
	"POST /api/v1/invitations/accept":                "takes a link's secret; TestAnInvitationLeadsIntoTheGroup",
	"POST /g/:handle/ask/withdraw":                   "one's own request; TestARequestEndsWhenItsPersonWithdrawsOrComesInOtherwise",
	"DELETE /api/v1/groups/:handle/requests":         "one's own request; TestARequestEndsWhenItsPersonWithdrawsOrComesInOtherwise",
	"GET /api/v1/polls/:id/ballot":                   "one's own ballot; the stories of pkg/api",
	"POST /admin/providers/lift":                     "takes a group; TestARequirementIsLiftedByRemovingAndByAnAdministrator",
	"POST /admin/system/jobs/:id/retry":              "takes a failed job; TestTheSystemPageShowsFailedJobsAndDoesThemAgain",
}

// withoutRule are the routes that the matrix says nothing about, each with the
// reason and the test that looks after it.
var withoutRule = map[string]string{
	"POST /api/v1/events":           "takes the thread or group in its body; eventStory of pkg/api",
	"GET /healthz":                  "for what watches the forum; it tells nothing of it",
	"GET /readyz":                   "for what watches the forum; it tells nothing of it",
	"GET /static/*":                 "the files of the program itself",
	"GET /live":                     "a socket, which asks for each thing it follows; TestTheLiveDoorAnswersAsTheMatrixSays",
	"GET /e/:id/embed":              "shows to everybody alike what a visitor may see; TestAProgrammeStandsInPagesOfOtherSites",
	"GET /e/:id/my/:token.ics":      "to whoever has the private address; TestMyOwnCalendarHasAPrivateAddress",
	"POST /proxies/:id/end":         "for the two whom it concerns, and moderators; TestAMemberNamesOneWhoVotesForThem",
	"DELETE /api/v1/proxies/:id":    "for the two whom it concerns, and moderators; TestAMemberNamesOneWhoVotesForThem",
	"GET /p/:id/guest/:token":       "to whoever has the link of a letter; TestAGuestOfAPollVotesByTheirLink",
	"GET /unsubscribe/:token":       "to whoever has the link of a letter; TestOneClickEndsTheMailsAboutPolls",
	"POST /unsubscribe/:token":      "to whoever has the link of a letter; TestOneClickEndsTheMailsAboutPolls",
	"GET /setup/:token":             "while there is nobody yet, to whoever has the link from the log; TestTheFirstRunNamesTheForumAndSignsIn",
	"POST /setup/:token":            "while there is nobody yet, to whoever has the link from the log; TestTheFirstRunNamesTheForumAndSignsIn",
	"GET /join/:token":              "to whoever has the link; TestAnInvitationLeadsIntoTheGroup",
	"POST /join/:token":             "to whoever has the link; TestAnInvitationLeadsIntoTheGroup",
	"GET /signin/link/:token":       "to whoever has the link of a mail; TestSigningInByMailWithoutAPassword",
	"POST /signin/link/:token":      "to whoever has the link of a mail; TestSigningInByMailWithoutAPassword",
	"GET /signin/whose/:token":      "to the browser that came from the provider; TestComingBackSignsInWhoIsKnown",
	"POST /signin/whose/:token":     "to the browser that came from the provider; TestComingBackSignsInWhoIsKnown",
	"POST /signin/with/:id":         "leaves for the provider, to whoever may see its page; TestAProviderThatIsAwayIsAnsweredBeforeLeaving",
	"POST /signup":                  "as signing up is set; TestNewcomersComeInByTheRules",
	"GET /account/email/:token":     "to whoever has the link of a mail; TestAnAddressIsChangedByTwoLetters",
	"POST /account/email/:token":    "to whoever has the link of a mail; TestAnAddressIsChangedByTwoLetters",
	"POST /merges/:id/answer":       "for those who are asked; TestProposersAreAskedBeforeAMerge",
	"PUT /api/v1/merges/:id/answer": "for those who are asked; TestProposersAreAskedBeforeAMerge",
}
