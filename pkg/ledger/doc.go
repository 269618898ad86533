// Package ledger keeps the record of one poll so that anybody can check it: the
// log of what happened, each record bound to the one before by a hash; the
// answers; for secret polls a box of ballots apart from the roll of who voted;
// receipts; the seed of lots; the signed certificate of the closing; and the
// bundle of all of it, which Verify judges.
//
// All is a function of its arguments: no storage, no clock, no network; chance
// comes in as a reader, times as microseconds since 1970. Every byte that is
// hashed or signed is laid down in docs/verification.md.
package ledger
