// Package jobs does later what need not be done at once: sending, tidying,
// publishing that a poll has closed.
//
// A job is written in the same transaction as its cause, so that it exists if
// and only if the change does, on both databases. It then runs at least once:
// after an error, a panic or the death of the process it runs again. A handler
// must therefore be idempotent. It reads the present state, does what is still
// to be done, and returns nil where nothing is. Nothing may depend on a job
// being on time; what must hold at an instant is checked where it matters.
//
// The work is River's, https://riverqueue.com, behind a few calls. The package
// must never know what any job is about.
package jobs
