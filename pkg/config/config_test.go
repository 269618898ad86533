package config_test

import (
	"testing"

	"plenary/pkg/config"
)

func TestTheBaseURLHasADefaultAndClearErrors(t *testing.T) {
	for _, c := range []struct{ addr, base, want string }{
		{":8080", "", "http://localhost:8080"},
		{"127.0.0.1:9000", "", "http://localhost:9000"},
		{":8080", "https://forum.example/", "https://forum.example"},
		{"8080", "", ""},
		{":8080", "forum.example", ""},
		{":8080", "https://forum.example/sub", ""},
		{":8080", "ftp://forum.example", ""},
	} {
		u, err := config.Server{Addr: c.addr, BaseURL: c.base}.Base()
		if (err == nil) != (c.want != "") || err == nil && u.String() != c.want {
			t.Errorf("Base(%q, %q) = %v, %v; want %q", c.addr, c.base, u, err, c.want)
		}
	}
}

func TestTheDatabaseIsAFileInTheDataFolderUnlessSaidOtherwise(t *testing.T) {
	if got := (config.Database{DataDir: "/srv/p"}).URL(); got != "sqlite:/srv/p/plenary.db" {
		t.Errorf("got %q", got)
	}
	if got := (config.Database{DataDir: "/srv/p", DatabaseURL: "postgres://x/y"}).URL(); got != "postgres://x/y" {
		t.Errorf("got %q", got)
	}
}
