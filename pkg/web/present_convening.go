package web

import (
	"context"

	"plenary/pkg/access"
	"plenary/pkg/event"
	"plenary/pkg/theme"
	"plenary/pkg/timeline"
	"plenary/pkg/web/view"
)

func themeLink(r theme.Ref) view.Link {
	if r.ID == 0 {
		return view.Link{}
	}
	return view.Link{Text: r.Title, URL: view.ThemeCard{ID: r.ID}.URL()}
}

// themeTies are what everybody who reads the thread may know of a theme's ties. Of
// a move only that there was one: not everybody may read the other thread.
func themeTies(t theme.Theme) view.Ties {
	out := view.Ties{Group: themeLink(t.Under), Into: themeLink(t.MergedInto), Moved: t.MovedTo != 0, Credits: peopleOf(t.Credits)}
	for _, part := range t.Parts {
		out.Parts = append(out.Parts, themeLink(part))
	}
	return out
}

// convening reports whether an event changes how themes stand to each other.
func convening(k event.Kind) bool {
	switch k {
	case event.ThemeGrouped, event.ThemeUngrouped, event.ThemeSplit, event.ThemeMergeSuggested, event.ThemeMergeAsked, event.ThemeMergeAnswered,
		event.ThemeMergeRefused, event.ThemeMerged, event.ThemeUnmerged, event.ThemeMoved:
		return true
	}
	return false
}

// mergesShown is how far up a chain of merges counts are brought up to date.
const mergesShown = 10

// convened are the fragments of an event that changes several themes: the one it is
// about, those it names, and what they have been merged into.
func (r eventRenderer) convened(ctx context.Context, e timeline.Entry, card view.ThemeCard) (view.Partial, error) {
	out := view.ThemesConvened{Cards: []view.ThemeCard{card}, Back: e.Kind == event.ThemeUnmerged}
	if m, ok := markerOf(e); ok {
		out.Marker = &m
	}
	parts, err := r.Themes.Themes(ctx, e.Parts)
	if err != nil {
		return nil, err
	}
	for _, id := range e.Parts {
		if part, ok := parts[id]; ok {
			out.Cards = append(out.Cards, themeCard(part))
		}
	}
	for next, n := e.Into, 0; next != 0 && n < mergesShown; n++ {
		found, err := r.Themes.Themes(ctx, []int64{next})
		if err != nil {
			return nil, err
		}
		above, ok := found[next]
		if !ok || above.ThreadID != e.Thread {
			break
		}
		out.Cards, next = append(out.Cards, themeCard(above)), above.MergedInto.ID
	}
	return out, nil
}

func mergeItem(m theme.Merge, may bool, clock view.Clock) view.MergeItem {
	out := view.MergeItem{ID: m.ID, Theme: themeLink(m.Theme), Into: themeLink(m.Into), Moves: m.Moves, State: string(m.State), Reason: m.Reason,
		By: personOf(m.SuggestedBy), At: m.SuggestedAt, Due: instant(m.DueAt), DecidedAt: instant(m.DecidedAt), Decision: m.Decision, Mine: m.Mine,
		MayAnswer: m.MayAnswer, MayDecide: may && m.Pending(), Clock: clock}
	if m.DecidedBy != nil {
		out.Decider = personOf(*m.DecidedBy)
	}
	for _, one := range m.Asked {
		out.Asked = append(out.Asked, view.AskedPerson{Person: personOf(one.Brief), Answer: one.Answer})
	}
	return out
}

func mergeItems(list []theme.Merge, may bool, clock view.Clock) []view.MergeItem {
	out := make([]view.MergeItem, len(list))
	for i, m := range list {
		out[i] = mergeItem(m, may, clock)
	}
	return out
}

// conveneRights are how a theme may be convened by the reader that it was loaded for.
func conveneRights(who access.Actor, t theme.Theme) view.ConveneRights {
	afoot := t.State == access.Proposed || t.State == access.Shortlisted
	convene := afoot && access.May(who, access.Convene, t.Facts())
	return view.ConveneRights{Convene: convene, Suggest: !convene && access.May(who, access.SuggestMerge, t.Facts()), Undo: access.May(who, access.Unmerge, t.Facts())}
}
