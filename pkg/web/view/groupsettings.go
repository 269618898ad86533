package view

// GroupSettingsPage is what the admins of a group decide about it, in parts that
// are saved one by one.
type GroupSettingsPage struct {
	Frame
	Group         GroupHead
	About         Form // name, handle, about
	Image         Form // picture
	Entry         Form // visibility, joining, join_question
	Rules         Form // permissions.NAME for each of Settings
	Place         Form // parent, inherits_members
	Erasure       Form // on_erasure
	Proxies       Form // proxy_limit
	Merges        Form // merge_hours
	Settings      []GroupSetting
	Parents       []GroupRef // below which the group may stand
	ParentUnknown bool       // it stands below one that the viewer may not know of
	Saved         string     // the part that was just saved: "about", "image", "entry", "rules", "place", "erasure", "proxies"
}

func (GroupSettingsPage) page() string { return "group-settings" }

// Rejected reports whether some part comes back with complaints.
func (p GroupSettingsPage) Rejected() bool {
	for _, f := range []Form{p.About, p.Image, p.Entry, p.Rules, p.Place, p.Erasure, p.Proxies} {
		if f.Rejected() {
			return true
		}
	}
	return false
}

// GroupSetting is something that members may do from a role on.
type GroupSetting struct {
	Name    string
	Choices []string // roles, and "nobody"
}

// Field is the name of the setting's field.
func (s GroupSetting) Field() string { return "permissions." + s.Name }

// Nested are groups with those below them that are in the list, each under its
// parent. A group whose parent is not in the list stands by itself.
func Nested(rows []GroupRow) []GroupRow {
	below := map[string][]GroupRow{}
	listed := map[string]bool{}
	for _, r := range rows {
		listed[r.Handle] = true
	}
	var top []GroupRow
	for _, r := range rows {
		if r.Parent.Handle != "" && listed[r.Parent.Handle] {
			below[r.Parent.Handle] = append(below[r.Parent.Handle], r)
		} else {
			top = append(top, r)
		}
	}
	return hang(top, below, false)
}

func hang(rows []GroupRow, below map[string][]GroupRow, inside bool) []GroupRow {
	for i := range rows {
		if inside {
			rows[i].Parent = GroupRef{} // it stands right above
		}
		rows[i].Below = hang(below[rows[i].Handle], below, true)
	}
	return rows
}
