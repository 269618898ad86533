package app_test

import (
	"strings"
	"testing"

	"plenary/pkg/app"
	"plenary/pkg/config"
	"plenary/pkg/mail"
	"plenary/pkg/store"
	"plenary/pkg/testkit"
	"plenary/pkg/testkit/mailbox"
)

func TestAForumThatServesSendsItsMail(t *testing.T) {
	t.Parallel()
	box := mailbox.Open(t, mailbox.Options{})
	r := start(t, settings{smtp: box.URL()})
	letter := mail.Letter{Kind: "test", To: mail.Address{Email: "ana@example.org"}, Args: map[string]string{"Name": "Ana", "Path": "/account"}}
	if err := r.DB.Write(r.ctx, func(tx *store.Tx) error { return r.Notify.Queue(tx, letter) }); err != nil {
		t.Fatal(err)
	}
	got := box.Await(t)
	if got.From != "noreply@127.0.0.1" || !strings.Contains(got.Text, r.URL+"/account") {
		t.Errorf("from %s came %s", got.From, got.Text)
	}
}

func TestWrongSettingsOfMailAreSaidAtTheStart(t *testing.T) {
	t.Parallel()
	rooms, err := app.Open(t.Context(), config.Database{DataDir: t.TempDir()}, testkit.Quiet(), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rooms.Close() })
	for setting, cfg := range map[string]config.Server{
		"--smtp-url":  {Addr: ":8080", SMTPURL: "smtp://forum:geheim@mail.example/x"},
		"--mail-from": {Addr: ":8080", MailFrom: "nobody"},
	} {
		if _, err := app.NewServer(rooms, cfg, "test"); err == nil || !strings.HasPrefix(err.Error(), setting) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", setting, err)
		}
	}
	for base, want := range map[string]string{"https://forum.example": "noreply@forum.example", "http://[::1]:8080": "noreply@localhost"} {
		if _, err := app.NewServer(rooms, config.Server{Addr: ":8080", BaseURL: base}, "test"); err != nil || rooms.Notify.From() != want {
			t.Errorf("%s: mail comes from %q, %v; want %s", base, rooms.Notify.From(), err, want)
		}
	}
}
