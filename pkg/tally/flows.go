package tally

// flows is how many votes pass from each option on to each next one, in the units
// of Meek's method. What moves between two rounds is the difference of theirs.
type flows [][]int64 // from an option, or nil; to each option, and at last to nobody

func (f flows) add(from, to int, units int64) {
	if f[from] == nil {
		f[from] = make([]int64, len(f)+1)
	}
	f[from][to] += units
}

func (f flows) from(from, to int) int64 {
	if f[from] == nil {
		return 0
	}
	return f[from][to]
}

// flows sums up what passes from the elected options at present.
func (m *meek) flows() flows {
	f := make(flows, m.papers.options)
	for _, n := range m.nodes[1:] {
		if from := m.nodes[n.parent].option; from >= 0 {
			f.add(int(from), int(n.option), n.arrives*n.votes)
		}
	}
	return f
}

// divert changes the flows before an exclusion to what they would be without the
// option: what an elected one passed on to it now passes it by. From is -1 for
// papers on which nobody elected comes before it.
func (f flows) divert(from, out, to int, units int64) {
	if from >= 0 {
		f.add(from, out, -units)
		f.add(from, to, units)
	}
	f.add(out, to, -units)
}

// until lists what moved from these flows to later ones. A trace below 0 is what
// comes back where rounding raises a keep factor.
func (f flows) until(later flows, decimals int) []Transfer {
	var moved []Transfer
	for from := range f {
		if f[from] == nil && later[from] == nil {
			continue
		}
		for to := range len(f) + 1 {
			units := later.from(from, to) - f.from(from, to)
			switch {
			case units == 0:
			case to == len(f):
				moved = append(moved, Transfer{from, -1, Amount{units, decimals}})
			default:
				moved = append(moved, Transfer{from, to, Amount{units, decimals}})
			}
		}
	}
	return moved
}
