// Package mydata gives people what the forum keeps of them, and takes it away
// when they want to be forgotten.
//
// It knows the names of all tables, since that is its matter: a test holds that
// every column that names a person is either given or left out for a reason, and
// is cleared when the person is erased. It must never decide what happens to
// things in any other case, nor give anybody the data of somebody else.
package mydata
