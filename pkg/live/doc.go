// Package live tells open pages what happens while they are open.
//
// A Hub per process holds the sockets. Every timeline that somebody here watches
// has a feed: a short ring of finished messages, rendered once for all readers
// of a language. A socket keeps nothing but its place in each feed, so a slow
// reader costs no memory and delays nobody; whoever falls behind the ring is
// caught up from the timeline itself. A Bus carries wake-ups between processes.
// It may lose, double and reorder them: the timeline is the truth, and a look at
// its head once a second repairs whatever the bus has lost.
//
// The package knows nothing of databases, of pages or of what an event means:
// reading, rendering and deciding about rights come in as functions.
package live
