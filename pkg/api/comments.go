package api

import (
	"context"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/timeline"
)

type newComment struct {
	Body     string `json:"body"`
	ParentID int64  `json:"parent_id"`
	ThemeID  int64  `json:"theme_id"`
	Question bool   `json:"question"`
}

func (a *API) postComment(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[newComment](c)
	if err != nil {
		return err
	}
	posted, err := a.post(c.Request().Context(), edge.Who(c), id, in)
	if err != nil {
		return err
	}
	return created(c, timeline.CommentOf(posted), "/comments/%d", posted.ID)
}

// post goes by way of the theme where the comment is on one, since themes can
// refuse comments. The theme has to be of the thread.
func (a *API) post(ctx context.Context, who access.Actor, thread int64, in newComment) (forum.Comment, error) {
	words := forum.NewComment{Body: in.Body, ParentID: in.ParentID}
	if in.ThemeID == 0 {
		return a.Forum.Post(ctx, who, thread, words)
	}
	if _, err := a.Forum.Thread(ctx, who, thread); err != nil {
		return forum.Comment{}, err
	}
	about, err := a.Themes.Theme(ctx, who, in.ThemeID)
	if errs.Is(err, errs.NotFound) || err == nil && about.ThreadID != thread {
		return forum.Comment{}, notOfThread()
	}
	if err != nil {
		return forum.Comment{}, err
	}
	if in.Question {
		return a.Themes.Ask(ctx, who, in.ThemeID, words)
	}
	return a.Themes.Comment(ctx, who, in.ThemeID, words)
}

func notOfThread() error {
	var f errs.Fields
	f.Add("theme_id", "poll.theme_not_here")
	return f.Err()
}

// commentAnswer is a comment with what the reader has put to it.
type commentAnswer struct {
	timeline.Comment
	Mine []string `json:"my_reactions"`
}

func answerComment(v forum.CommentView) commentAnswer {
	return commentAnswer{timeline.CommentOf(v.Comment), append([]string{}, v.Mine...)}
}

func (a *API) showComment(c edge.Ctx) error { return answerWith(c, a.Forum.Comment, answerComment) }

type commentEdit struct {
	Body    string `json:"body"`
	Version int    `json:"version"`
}

func (a *API) editComment(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[commentEdit](c)
	if err != nil {
		return err
	}
	edited, err := a.Forum.EditComment(c.Request().Context(), edge.Who(c), id, forum.CommentEdit(in))
	if err != nil {
		return err
	}
	return ok(c, timeline.CommentOf(edited))
}

func (a *API) deleteComment(c edge.Ctx) error { return answerNothing(c, a.Forum.DeleteComment) }

type versionAnswer struct {
	Version int             `json:"version"`
	Body    string          `json:"body"`
	Editor  timeline.Person `json:"editor"`
	At      time.Time       `json:"at"`
}

func answerVersion(v forum.CommentVersion) versionAnswer {
	return versionAnswer{Version: v.Version, Body: v.Body, Editor: timeline.PersonOf(v.Editor), At: v.At.UTC()}
}

func (a *API) listCommentHistory(c edge.Ctx) error {
	return answerWith(c, a.Forum.History, func(all []forum.CommentVersion) list[versionAnswer] { return whole(all, answerVersion) })
}

func (a *API) addReaction(c edge.Ctx) error { return a.react(c, true) }

func (a *API) removeReaction(c edge.Ctx) error { return a.react(c, false) }

func (a *API) react(c edge.Ctx, on bool) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	comment, err := a.Forum.React(c.Request().Context(), edge.Who(c), id, c.Param("emoji"), on)
	if err != nil {
		return err
	}
	return ok(c, timeline.CommentOf(comment))
}

func (a *API) listThemeComments(c edge.Ctx) error {
	return answerPage(c, a.Themes.Comments, timeline.CommentOf)
}
