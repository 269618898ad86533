// Package store opens the database and guards its doors.
//
// There are two: Read gives a handle that cannot write, and Write is the only
// way to change anything. Write runs a function in a transaction, hands out the
// sequence numbers of timelines, answers only when the change is on disk, and
// wakes listeners after the commit, never before.
//
// SQLite (one writer connection, several query-only readers) and PostgreSQL
// behave alike behind it. The package knows tables only as far as timelines and
// once-only keys need; what a thread or a poll is, it must never know.
package store
