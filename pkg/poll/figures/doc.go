// Package figures tells what a count came to by the options of the poll: the table,
// the rounds, the duels, the ties and how they were broken, and the sentences that
// explain it all; also as a table for spreadsheets.
//
// Counting itself is in package tally, which knows options by their numbers alone.
// The package must never know who voted, or where results are kept, or who may see
// them.
package figures
