package testkit

import (
	"context"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

var madeTemplate atomic.Pointer[string]

// Main runs a package's tests and removes what they share. A package that uses
// Databases has
//
//	func TestMain(m *testing.M) { testkit.Main(m) }
func Main(m *testing.M) {
	code := m.Run()
	DropTemplate()
	os.Exit(code)
}

// DropTemplate removes the database that PostgreSQL tests were cloned from; Main
// does it, and a TestMain that cannot use Main must.
func DropTemplate() {
	name := madeTemplate.Load()
	if name == nil {
		return
	}
	ctx := context.Background()
	admin, err := pgx.Connect(ctx, adminURL())
	if err != nil {
		return
	}
	defer admin.Close(ctx)
	_, _ = admin.Exec(ctx, "DROP DATABASE IF EXISTS "+*name+" WITH (FORCE)")
}
