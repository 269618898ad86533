package notify_test

import (
	"testing"

	"plenary/pkg/mail"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/mailbox"
)

func TestTheAddressOfAnErasedAccountIsForgottenWithItsLastLetter(t *testing.T) {
	t.Parallel()
	testkit.Databases(t, func(t *testing.T, db *store.DB) {
		h, box := open(t, db), mailbox.Open(t, mailbox.Options{})
		for _, server := range []string{"", box.URL()} {
			h.by(server)
			h.queue(mail.Letter{Kind: "erased", To: mail.Address{Email: "zora@example.org"}})
			h.must(h.Deliver(t.Context(), h.first().ID))
			if all, err := h.List(t.Context(), root, "", firstPage); err != nil || len(all.Items) != 0 {
				t.Errorf("the outbox still holds %+v, %v", all.Items, err)
			}
		}
		if letters := box.Letters(); len(letters) != 1 || letters[0].To != "zora@example.org" {
			t.Errorf("%d letters came in", len(letters))
		}
	})
}
