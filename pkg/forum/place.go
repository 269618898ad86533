package forum

import (
	"strconv"
	"strings"

	"plenary/pkg/access"
	"plenary/pkg/store"
)

// Home is a group that a thread is shown in, as it stands beside it. The zero
// value is a group that the reader may not know of.
type Home struct {
	ID         int64
	Handle     string
	Name       string
	Visibility access.Visibility
}

// Known reports whether the reader may know of the group.
func (h Home) Known() bool { return h.ID != 0 }

// place is a group of a thread, and what the reader is in it.
type place struct {
	Home
	role  access.Role
	rules access.Permissions
}

// known reports whether the reader may know of the group.
func (p place) known(who access.Actor) bool {
	return access.May(who, access.ReadGroup, access.Facts{Group: p.Visibility, Role: p.role})
}

// PlaceRow is what a query over threads AS t reads to know where a thread
// stands, and what the reader is there. It is made for embedding in a row.
type PlaceRow struct {
	PlacedID       int64
	HomeID         int64
	ThreadVisible  access.Visibility
	ThreadClosedAt *store.Time
	Places         string
	Guest          bool
	Unbegun        bool
}

// Between the facts about a group, and between groups, in PlaceRow.Places.
// Neither can stand in a name.
const (
	unit   = "\x1f"
	record = "\x1e"
)

// placeColumns read a PlaceRow: one text of all groups of the thread, so that a
// thread in five groups takes no more statements than one at home.
const placeColumns = `t.id AS placed_id, t.group_id AS home_id, t.visibility AS thread_visible, t.closed_at AS thread_closed_at,
	(SELECT string_agg(pg.id || '` + unit + `' || pg.visibility || '` + unit + `' ||
		CASE WHEN pm.role IS NULL THEN '' WHEN pg.only_provider_id IS NULL OR pg.only_provider_id = ? THEN pm.role ELSE 'barred' END
		|| '` + unit + `' || pg.permissions || '` + unit + `' || pg.handle || '` + unit + `' || pg.name, '` + record + `')
		FROM thread_groups AS px JOIN groups AS pg ON pg.id = px.group_id
		LEFT JOIN memberships AS pm ON pm.group_id = pg.id AND pm.person_id = ? WHERE px.thread_id = t.id) AS places,
	EXISTS (SELECT 1 FROM thread_guests AS pq WHERE pq.thread_id = t.id AND pq.person_id = ?) AS guest,
	EXISTS (SELECT 1 FROM polls AS pd WHERE pd.id = t.poll_id AND pd.state = 'draft') AS unbegun`

// PlaceColumns are the columns of a PlaceRow, with their arguments, for a query
// over threads AS t.
func PlaceColumns(who access.Actor) (string, []any) {
	return placeColumns, []any{who.Provider, who.Person, who.Person}
}

// places reads the row's groups: the home first, the others by their ids.
func (r PlaceRow) places() []place {
	records := strings.Split(r.Places, record)
	out := make([]place, 1, len(records))
	for _, text := range records {
		p := parsePlace(text)
		if p.ID == r.HomeID {
			out[0] = p
		} else if p.ID != 0 {
			out = append(out, p)
		}
	}
	return out
}

func parsePlace(text string) place {
	parts := strings.SplitN(text, unit, 6)
	if len(parts) != 6 {
		return place{}
	}
	id, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return place{}
	}
	return place{Home{id, parts[4], parts[5], access.Visibility(parts[1])}, access.Role(parts[2]), access.Permissions(parts[3])}
}

// Place is where a thread stands, for one reader.
type Place struct {
	Home   Home         // the home group, or where the reader may not know of it another one; zero where none
	Others []Home       // the further groups that the reader may know of
	Facts  access.Facts // about the thread; Own is for the caller to fill in
	thread int64
	all    []place
	met    []int64 // the groups among all that the reader may know of
}

// Place is the row as the reader meets it.
func (r PlaceRow) Place(who access.Actor) Place {
	all := r.places()
	p := Place{thread: r.PlacedID, all: all, Facts: access.Facts{Group: all[0].Visibility, Role: all[0].role, Rules: all[0].rules,
		Thread: r.ThreadVisible, Guest: r.Guest, ThreadClosed: r.ThreadClosedAt != nil, Unbegun: r.Unbegun}}
	for _, g := range all[1:] {
		p.Facts.Others = append(p.Facts.Others, access.Standing{Group: g.Visibility, Role: g.role, Rules: g.rules})
	}
	for _, g := range all {
		if !g.known(who) {
			continue
		}
		p.met = append(p.met, g.ID)
		switch {
		case p.Home.Known():
			p.Others = append(p.Others, g.Home)
		default:
			p.Home = g.Home
		}
	}
	return p
}

// openTo are the ids of every group that the thread is shown in, its home first.
func (p Place) openTo() []int64 {
	ids := make([]int64, len(p.all))
	for i, g := range p.all {
		ids[i] = g.ID
	}
	return ids
}

// public reports whether everybody can read the thread.
func (p Place) public() bool {
	for _, g := range p.all {
		if g.Visibility == access.Public && p.Facts.Thread == access.Public {
			return true
		}
	}
	return false
}

// mayBePublic reports whether some group of the thread is public, so that the
// thread may be too.
func (p Place) mayBePublic() bool {
	for _, g := range p.all {
		if g.Visibility == access.Public {
			return true
		}
	}
	return false
}
