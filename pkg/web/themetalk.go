package web

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"plenary/pkg/edge"
	"plenary/pkg/forum"
	"plenary/pkg/theme"
	"plenary/pkg/timeline"
	"plenary/pkg/web/view"
)

// talkSize is how many comments a theme's page shows at once.
const talkSize = 100

// addThemeComments puts what is said about a theme on its page: the newest, or what
// comes before or after the comment that the address names.
func (s *Site) addThemeComments(c edge.Ctx, p *view.ThemePage, t theme.Theme) error {
	who := edge.Who(c)
	span, err := talkSpan(c)
	if err != nil {
		return err
	}
	talk, err := s.Themes.Talk(ctx(c), who, t.ID, span)
	if err != nil {
		return err
	}
	p.MayAnswer = p.Rights.Comment && t.MayAnswer(who)
	var ids []int64
	for _, one := range talk.Comments {
		ids = append(ids, one.ID)
	}
	mine, err := s.Forum.Reacted(ctx(c), who, ids)
	if err != nil {
		return err
	}
	for _, one := range talk.Comments {
		item := themeComment(one, talk.Questions)
		item.MayAnswer = p.MayAnswer
		for i, r := range item.Reactions {
			item.Reactions[i].Mine = slices.Contains(mine[one.ID], r.Emoji)
		}
		p.Comments = append(p.Comments, item)
	}
	if talk.Earlier {
		p.Earlier = fmt.Sprintf("%s?before=%d#comments", p.Card.URL(), ids[0])
	}
	if talk.Later {
		p.Later = fmt.Sprintf("%s?after=%d#comments", p.Card.URL(), ids[len(ids)-1])
	}
	return nil
}

func talkSpan(c edge.Ctx) (theme.TalkSpan, error) {
	span := theme.TalkSpan{Limit: talkSize}
	for name, to := range map[string]*int64{"before": &span.Before, "after": &span.After} {
		if c.QueryParam(name) == "" {
			continue
		}
		n, err := edge.Number(c, name)
		if err != nil {
			return span, err
		}
		*to = n
	}
	return span, nil
}

// themeComment is a comment as it stands on its theme's page, which need not say
// what it is about.
func themeComment(one forum.Comment, questions map[int64]int64) view.ThemeComment {
	out := view.ThemeComment{Comment: commentOf(one)}
	out.Answer, out.Question = questions[one.ID]
	out.Theme = view.Link{}
	return out
}

// themeTalk is what a comment on a theme changes where the theme is shown; nil for a
// comment on none.
func (s *Site) themeTalk(c context.Context, one forum.Comment, about map[int64]theme.Theme) (*view.ThemeTalk, error) {
	of, ok := about[one.ThemeID]
	if !ok {
		return nil, nil
	}
	ids := []int64{one.ID}
	if one.Parent != nil {
		ids = append(ids, one.Parent.ID)
	}
	questions, err := s.Themes.AskedIn(c, ids)
	if err != nil {
		return nil, err
	}
	out := &view.ThemeTalk{Card: themeCard(of), Item: themeComment(one, questions)}
	if one.Parent == nil {
		return out, nil
	}
	if answer, asks := questions[one.Parent.ID]; asks && one.Parent.Excerpt != "" { // else it was deleted
		out.Asked = &view.ThemeComment{Comment: view.Comment{ID: one.Parent.ID}, Question: true, Answer: answer}
	}
	return out, nil
}

// themesTalkedOf reads the themes that comments among the entries are about, all at
// once.
func (s *Site) themesTalkedOf(c context.Context, entries []timeline.Entry) (map[int64]theme.Theme, error) {
	var ids []int64
	for _, e := range entries {
		if e.Comment != nil && e.Comment.ThemeID != 0 {
			ids = append(ids, e.Comment.ThemeID)
		}
	}
	slices.Sort(ids)
	return s.Themes.Themes(c, slices.Compact(ids))
}

// commented answers who has commented on a theme.
func (s *Site) commented(c edge.Ctx, id int64, made forum.Comment) error {
	to := view.ThemeCard{ID: id}.URL() + "#tc-" + strconv.FormatInt(made.ID, 10)
	if !wantsStreams(c) {
		return seeOther(c, to)
	}
	about, err := s.Themes.Themes(ctx(c), []int64{id})
	if err != nil {
		return err
	}
	talk, err := s.themeTalk(ctx(c), made, about)
	if err != nil {
		return err
	}
	if talk == nil {
		return seeOther(c, to)
	}
	return s.answer(c, view.ThemeCommented{On: *talk, MayAnswer: about[id].MayAnswer(edge.Who(c))}, to)
}
