package api

import (
	"context"
	"maps"
	"slices"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/forum"
	"plenary/pkg/theme"
	"plenary/pkg/timeline"
)

func (a *API) forBoards() []route {
	return []route{
		{get, "/threads/{id}/themes/rules", a.showThemeRules},
		{put, "/threads/{id}/themes/rules", a.setThemeRules},
		{get, "/threads/{id}/themes/similar", a.listSimilarThemes},
		{get, "/themes/{id}/history", a.listThemeHistory},
		{get, "/themes/{id}/questions", a.listThemeQuestions},
		{get, "/themes/{id}/proposers", a.listProposerAsks},
		{put, "/themes/{id}/proposers/{handle}", a.askProposer},
		{del, "/themes/{id}/proposers/{handle}", a.unaskProposer},
		{put, "/themes/{id}/proposing", a.answerProposing},
		{post, "/themes/{id}/schedule", a.scheduleTheme},
		{post, "/themes/{id}/unschedule", a.unscheduleTheme},
		{post, "/polls/{id}/schedule", a.schedulePoll},
	}
}

// themeRules is what is asked of those who put themes forward, as it is sent in.
type themeRules struct {
	OpensAt           *time.Time `json:"opens_at"`
	ClosesAt          *time.Time `json:"closes_at"`
	ThemesPerPerson   int        `json:"themes_per_person"`
	SupportsPerPerson int        `json:"supports_per_person"`
}

// rulesAnswer is what is asked, with whether themes are taken now.
type rulesAnswer struct {
	themeRules
	Window    theme.Window     `json:"window"`
	ChangedBy *timeline.Person `json:"changed_by"` // null where nobody has set any
	ChangedAt *time.Time       `json:"changed_at"`
}

func (a *API) answerRules(r theme.Rules) rulesAnswer {
	out := rulesAnswer{themeRules: themeRules{utc(r.OpensAt), utc(r.ClosesAt), r.ThemesPerPerson, r.SupportsPerPerson},
		Window: r.Window(a.Now()), ChangedAt: utc(r.ChangedAt)}
	if r.ChangedBy != nil {
		out.ChangedBy = new(timeline.PersonOf(*r.ChangedBy))
	}
	return out
}

func (a *API) showThemeRules(c edge.Ctx) error { return answerWith(c, a.Themes.Rules, a.answerRules) }

func (a *API) setThemeRules(c edge.Ctx) error {
	in, err := read[themeRules](c)
	if err != nil {
		return err
	}
	set := func(ctx context.Context, who access.Actor, id int64) (theme.Rules, error) {
		return a.Themes.SetRules(ctx, who, id, theme.NewRules(in))
	}
	return answerWith(c, set, a.answerRules)
}

// similarTheme is a theme and how much it is like what was asked about.
type similarTheme struct {
	themeAnswer
	Likeness float64 `json:"likeness"`
}

func (a *API) listSimilarThemes(c edge.Ctx) error {
	find := func(ctx context.Context, who access.Actor, id int64) ([]theme.Similar, error) {
		return a.Themes.Similar(ctx, who, id, c.QueryParam("q"), c.QueryParam("description"), theme.WorthShowing)
	}
	return answerWith(c, find, func(found []theme.Similar) list[similarTheme] {
		return whole(found, func(s theme.Similar) similarTheme { return similarTheme{answerTheme(s.Theme), s.Likeness} })
	})
}

type themeVersion struct {
	Version     int             `json:"version"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Editor      timeline.Person `json:"editor"`
	At          time.Time       `json:"at"`
}

func (a *API) listThemeHistory(c edge.Ctx) error {
	return answerWith(c, a.Themes.History, func(all []theme.Version) list[themeVersion] {
		return whole(all, func(v theme.Version) themeVersion {
			return themeVersion{v.Number, v.Title, v.Description, timeline.PersonOf(v.Editor), v.At.UTC()}
		})
	})
}

// themeQuestion is a comment that asks the proposers something.
type themeQuestion struct {
	Question timeline.Comment  `json:"question"`
	Answer   *timeline.Comment `json:"answer"` // null while it waits for one
}

func (a *API) listThemeQuestions(c edge.Ctx) error {
	return answerWith(c, a.themeQuestions, func(all []themeQuestion) list[themeQuestion] {
		return whole(all, func(q themeQuestion) themeQuestion { return q })
	})
}

func (a *API) themeQuestions(ctx context.Context, who access.Actor, id int64) ([]themeQuestion, error) {
	asked, err := a.Themes.Questions(ctx, who, id)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for question, answer := range asked {
		ids = append(ids, question, answer)
	}
	words, err := a.Forum.Comments(ctx, ids)
	if err != nil {
		return nil, err
	}
	return questionsIn(asked, words), nil
}

func (a *API) listProposerAsks(c edge.Ctx) error {
	return answerWith(c, a.Themes.Asks, func(all []theme.Ask) list[proposerAsk] { return whole(all, answerAsk) })
}

// proposerAsk is a question to somebody whether they propose a theme, too.
type proposerAsk struct {
	Person  timeline.Person `json:"person"`
	AskedBy timeline.Person `json:"asked_by"`
	AskedAt time.Time       `json:"asked_at"`
	Answer  string          `json:"answer"` // "accepted", "declined", or empty
}

func answerAsk(a theme.Ask) proposerAsk {
	return proposerAsk{timeline.PersonOf(a.Person), timeline.PersonOf(a.AskedBy), a.AskedAt.UTC(), a.Answer}
}

func (a *API) askProposer(c edge.Ctx) error {
	return answerWith(c, func(ctx context.Context, who access.Actor, id int64) (theme.Theme, error) {
		return a.Themes.AskProposer(ctx, who, id, c.Param("handle"))
	}, answerTheme)
}

func (a *API) unaskProposer(c edge.Ctx) error {
	return answerWith(c, func(ctx context.Context, who access.Actor, id int64) (theme.Theme, error) {
		return a.Themes.UnaskProposer(ctx, who, id, c.Param("handle"))
	}, answerTheme)
}

type proposing struct {
	Accept bool `json:"accept"`
}

func (a *API) answerProposing(c edge.Ctx) error {
	in, err := read[proposing](c)
	if err != nil {
		return err
	}
	return answerWith(c, func(ctx context.Context, who access.Actor, id int64) (theme.Theme, error) {
		return a.Themes.AnswerProposer(ctx, who, id, in.Accept)
	}, answerTheme)
}

func (a *API) scheduleTheme(c edge.Ctx) error { return answerWith(c, a.Themes.Schedule, answerTheme) }

func (a *API) unscheduleTheme(c edge.Ctx) error {
	return answerWith(c, a.Themes.Unschedule, answerTheme)
}

type chosenThemes struct {
	Themes []int64 `json:"themes"`
}

func (a *API) schedulePoll(c edge.Ctx) error {
	in, err := read[chosenThemes](c)
	if err != nil {
		return err
	}
	schedule := func(ctx context.Context, who access.Actor, id int64) ([]theme.Theme, error) {
		return a.Themes.ScheduleFrom(ctx, who, id, in.Themes)
	}
	return answerWith(c, schedule, func(all []theme.Theme) list[themeAnswer] { return whole(all, answerTheme) })
}

// questionsIn puts the words to questions, oldest first. Those whose question was
// deleted are left out.
func questionsIn(asked map[int64]int64, words map[int64]forum.Comment) []themeQuestion {
	var out []themeQuestion
	for _, id := range slices.Sorted(maps.Keys(asked)) {
		question, ok := words[id]
		if !ok || question.Deleted() {
			continue
		}
		one := themeQuestion{Question: timeline.CommentOf(question)}
		if answer, ok := words[asked[id]]; ok {
			one.Answer = new(timeline.CommentOf(answer))
		}
		out = append(out, one)
	}
	return out
}
