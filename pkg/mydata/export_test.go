package mydata

// Section is a part of an export, for tests.
type Section struct {
	Name, Query string
	Gives       []string
}

// Sections are all parts of an export.
func Sections() []Section {
	var out []Section
	for _, s := range sections {
		out = append(out, Section{s.name, s.query, s.gives})
	}
	return out
}

// LeftOut are the columns that are not given, with the reasons.
func LeftOut() map[string]string { return leftOut }
