package theme

import (
	"cmp"
	"slices"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/page"
	"plenary/pkg/store"
)

// Order is how a list of themes is sorted.
type Order string

// The orders.
const (
	BySupport Order = "support"  // most supported first, then oldest
	Newest    Order = "new"      // latest first
	Shuffled  Order = "shuffled" // by chance, the same for the same seed, so that no place is a privilege
)

// sorted reads one page of a thread's themes in the order asked for.
func sorted(g *gorm.DB, who access.Actor, threadID int64, q ThemesQuery) (page.List[Theme], error) {
	query := themes(g, who).Where("th.thread_id = ?", threadID)
	if q.State != "" {
		query = query.Where("th.state = ?", q.State)
	}
	if q.Afoot {
		query = query.Where("th.state IN ?", []access.ThemeState{access.Proposed, access.Shortlisted})
	}
	var leaves []leaf
	if q.Narrow() || q.Order == Shuffled {
		var err error
		if leaves, err = leavesOf(g, who, threadID, q.Filter); err != nil {
			return page.List[Theme]{}, store.Translate(err)
		}
		query = query.Where("th.id IN ?", idsIn(leaves))
	}
	switch q.Order {
	case "", BySupport:
		return bySupport(query, g, who, q.Page)
	case Newest:
		return newest(query, g, who, q.Page)
	case Shuffled:
		leaves = slices.DeleteFunc(leaves, func(l leaf) bool {
			return q.State != "" && l.State != q.State || q.Afoot && l.State != access.Proposed && l.State != access.Shortlisted
		})
		return shuffled(query, g, who, q, idsIn(leaves))
	}
	var f errs.Fields
	f.Add("order", "field.choose")
	return page.List[Theme]{}, f.Err()
}

func idsIn(leaves []leaf) []int64 {
	ids := make([]int64, len(leaves))
	for i, l := range leaves {
		ids[i] = l.ID
	}
	return ids
}

func bySupport(query, g *gorm.DB, who access.Actor, at page.Page) (page.List[Theme], error) {
	after, err := page.Decode(at.Cursor, 2)
	if err != nil {
		return page.List[Theme]{}, err
	}
	if after != nil {
		query = query.Where("(th.support_count < ? OR (th.support_count = ? AND th.id > ?))", after[0], after[0], after[1])
	}
	found, err := find(query.Order("th.support_count DESC, th.id").Limit(at.Size()+1), g, who)
	if err != nil {
		return page.List[Theme]{}, store.Translate(err)
	}
	return page.Cut(at, found, func(one Theme) []int64 { return []int64{int64(one.SupportCount), one.ID} }), nil
}

func newest(query, g *gorm.DB, who access.Actor, at page.Page) (page.List[Theme], error) {
	after, err := page.Decode(at.Cursor, 1)
	if err != nil {
		return page.List[Theme]{}, err
	}
	if after != nil {
		query = query.Where("th.id < ?", after[0])
	}
	found, err := find(query.Order("th.id DESC").Limit(at.Size()+1), g, who)
	if err != nil {
		return page.List[Theme]{}, store.Translate(err)
	}
	return page.Cut(at, found, func(one Theme) []int64 { return []int64{one.ID} }), nil
}

// lot is a theme's place in a shuffled order.
type lot struct{ key, id int64 }

// draw mixes seed and id so that neighbouring ids land anywhere: the generator
// SplitMix64 (Steele, Lea and Flood, 2014), one step from each.
func draw(seed, id int64) lot {
	return lot{key: int64(mix(mix(uint64(seed)) + uint64(id))), id: id}
}

func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (l lot) compare(other lot) int {
	return cmp.Or(cmp.Compare(l.key, other.key), cmp.Compare(l.id, other.id))
}

// shuffled draws a lot for each id and reads only the themes of the page.
func shuffled(query, g *gorm.DB, who access.Actor, q ThemesQuery, ids []int64) (page.List[Theme], error) {
	after, err := page.Decode(q.Cursor, 2)
	if err != nil {
		return page.List[Theme]{}, err
	}
	var lots []lot
	for _, id := range ids {
		if l := draw(q.Seed, id); after == nil || l.compare(lot{after[0], after[1]}) > 0 {
			lots = append(lots, l)
		}
	}
	slices.SortFunc(lots, lot.compare)
	cut := page.Cut(q.Page, lots, func(l lot) []int64 { return []int64{l.key, l.id} })
	wanted := make([]int64, len(cut.Items))
	for i, l := range cut.Items {
		wanted[i] = l.id
	}
	found, err := find(query.Where("th.id IN ?", wanted), g, who)
	if err != nil {
		return page.List[Theme]{}, store.Translate(err)
	}
	slices.SortFunc(found, func(a, b Theme) int { return draw(q.Seed, a.ID).compare(draw(q.Seed, b.ID)) })
	return page.List[Theme]{Items: found, Next: cut.Next}, nil
}
