package person

import (
	_ "embed"
	"strings"
	_ "time/tzdata" // so that time zones are known on a machine without them
)

// zones are the time zones to choose from: those that the tz database's zone.tab
// names for some place on earth, and UTC. Others can be set by API.
//
//go:embed zones.txt
var zones string

// Zones lists the names of time zones to choose from, in alphabetical order.
func Zones() []string { return strings.Fields(zones) }
