package oidc

import (
	"net/netip"
	"time"
)

// NewPermitting makes a client that connects only where the test lets it.
func NewPermitting(permit func(netip.Addr) bool, now func() time.Time) *Client {
	return newClient(permit, true, now)
}

// IsPublic is isPublic.
var IsPublic = isPublic
