// Package group knows the groups of the forum: what they are called, who may
// see them, who their members are, and the invitations that lead into them.
//
// It must never know what is talked about in a group.
package group
