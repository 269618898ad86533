// Package person knows who the people of the forum are: their names and
// accounts, how they sign in, their sessions and API tokens, and the accounts
// that an import brought along.
//
// It must never know what people do in groups and threads, beyond the names of
// the columns that Link moves from one account to another. Passwords and tokens
// are stored as hashes only and appear in no log and no error.
package person
