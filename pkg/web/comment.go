package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"plenary/pkg/access"
	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/store"
	"plenary/pkg/web/view"
)

// threadPath is the address of a thread's page, or of something below it.
func threadPath(id int64, rest string) string { return view.ThreadHead{ID: id}.Path(rest) }

func commentPath(id int64, rest string) string { return view.Comment{ID: id}.URL() + rest }

func (s *Site) postComment(c edge.Ctx) error {
	thread, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	var f errs.Fields
	parent := number(&f, form, "parent_id")
	made, err := s.Forum.Post(ctx(c), edge.Who(c), thread, forum.NewComment{Body: form.Get("body"), ParentID: parent})
	if store.IsReplay(err) {
		return done(c, threadPath(thread, "?end=1"))
	}
	if err != nil {
		return s.postAgain(c, thread, parent, form, err)
	}
	item := commentOf(made)
	return s.answer(c, view.CommentCreated{Comment: item}, item.Permalink())
}

// postAgain shows the page that the comment was written on, with what is wrong.
func (s *Site) postAgain(c edge.Ctx, thread, parent int64, form url.Values, err error) error {
	again, err := s.again(form, err)
	if err != nil {
		return err
	}
	if parent != 0 && !wantsStreams(c) {
		return s.showComment(c, http.StatusUnprocessableEntity, parent, view.Form{}, again)
	}
	return s.rejectComment(c, thread, again, parent)
}

func (s *Site) comment(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	return s.showComment(c, http.StatusOK, id, view.Form{}, view.Form{})
}

// showComment answers with the comment's own page. Edit and reply are forms that
// came back rejected.
func (s *Site) showComment(c edge.Ctx, status int, id int64, edit, reply view.Form) error {
	who := edge.Who(c)
	v, err := s.Forum.Comment(ctx(c), who, id)
	if err != nil {
		return err
	}
	p := view.CommentPage{Frame: s.frame(c), Thread: threadHead(v.Thread), Comment: commentFor(v), Source: v.Body, Version: v.Version,
		Edit: edit, Reply: reply, Rights: commentRights(who, v), Editing: edit.Rejected() || c.QueryParam("edit") != ""}
	if !edit.Rejected() {
		if p.Edit, err = s.form(url.Values{"body": {v.Body}}); err != nil {
			return err
		}
	}
	if !reply.Rejected() {
		if p.Reply, err = s.form(nil); err != nil {
			return err
		}
	}
	if p.Themes, err = s.themesOf(c, v); err != nil {
		return err
	}
	rules, err := s.rulesLine(ctx(c), who, v.ThreadID, p.Clock)
	if err != nil {
		return err
	}
	p.Rights.Propose = p.Rights.Propose && rules.Takes()
	return s.show(c, status, p)
}

// commentFor is a comment with the reader's own reactions marked.
func commentFor(v forum.CommentView) view.Comment {
	c := commentOf(v.Comment)
	for i, r := range c.Reactions {
		c.Reactions[i].Mine = slices.Contains(v.Mine, r.Emoji)
	}
	return c
}

func commentRights(who access.Actor, v forum.CommentView) view.CommentRights {
	may := func(do access.Action) bool { return access.May(who, do, v.Facts) }
	return view.CommentRights{Reply: may(access.PostComment) && !v.Deleted(), Edit: may(access.EditComment), Delete: may(access.DeleteComment),
		React: may(access.React), Propose: may(access.ProposeTheme) && !v.Deleted(), History: may(access.ReadHistory) && v.EditedAt != nil}
}

// themesOf are the themes that were made out of a comment.
func (s *Site) themesOf(c edge.Ctx, v forum.CommentView) ([]view.ThemeCard, error) {
	made, err := s.Themes.OfComment(ctx(c), edge.Who(c), v.ThreadID, v.ID)
	return themeCardsFor(edge.Who(c), made), err
}

func (s *Site) editComment(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(form.Get("version")) // without one, whichever is current
	made, err := s.Forum.EditComment(ctx(c), edge.Who(c), id, forum.CommentEdit{Body: form.Get("body"), Version: version})
	if store.IsReplay(err) {
		return seeOther(c, commentPath(id, ""))
	}
	if err != nil {
		again, err := s.again(form, err)
		if err != nil {
			return err
		}
		return s.showComment(c, http.StatusUnprocessableEntity, id, again, view.Form{})
	}
	return seeOther(c, commentOf(made).Permalink())
}

func (s *Site) deleteComment(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	v, err := s.Forum.Comment(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	if err := s.Forum.DeleteComment(ctx(c), edge.Who(c), id); err != nil {
		return err
	}
	return seeOther(c, commentOf(v.Comment).Permalink())
}

func (s *Site) history(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	versions, err := s.Forum.History(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	v, err := s.Forum.Comment(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	return s.ok(c, view.HistoryPage{Frame: s.frame(c), Thread: threadHead(v.Thread), Comment: commentOf(v.Comment), Versions: versionsOf(versions)})
}

// react adds a reaction, or with on=0 takes it back. The emoji stands in the
// address, so that each button of the one form has its own.
func (s *Site) react(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := submitted(c)
	if err != nil {
		return err
	}
	emoji := c.QueryParam("emoji")
	if emoji == "" {
		emoji = form.Get("emoji")
	}
	if _, err := s.Forum.React(ctx(c), edge.Who(c), id, emoji, form.Get("on") != "0"); err != nil && !store.IsReplay(err) {
		return err
	}
	v, err := s.Forum.Comment(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	item := commentFor(v)
	return s.answer(c, view.Reacted{Comment: item}, backTo(c, item.Permalink()))
}

// backTo is the comment's own page where the form was sent from there.
func backTo(c edge.Ctx, otherwise string) string {
	from, err := url.Parse(c.Request().Referer())
	if err == nil && from.Path == commentPath(pathID(c), "") {
		return from.Path
	}
	return otherwise
}

func pathID(c edge.Ctx) int64 {
	id, err := edge.ID(c, "id")
	if err != nil {
		return 0
	}
	return id
}
