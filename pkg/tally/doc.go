// Package tally counts the ballots of a poll, exactly and always in the same
// way, and accounts for every figure that decided.
//
// Counting is a function of its arguments: no clock, no chance, no storage, no
// floating point. Options are numbers from 0; who voted, what an option is
// called and whether a ballot was in time is not known here, and a result
// holds no sentences but the keys of sentences (see Step). Every method has one
// file, which says the rule and implements it.
package tally
