package web

import (
	"context"
	"encoding/json"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/event"
	"plenary/pkg/timeline"
)

// hiddenFromOwners tells of each entry whether it stands in the inbox of somebody
// who may not read now what it is about. By which way they have signed in an
// inbox does not know: what a group keeps for those who came through its provider
// is hidden.
func (s *Site) hiddenFromOwners(ctx context.Context, entries []timeline.Entry) ([]bool, error) {
	threads := map[int64][]int64{} // by the owner of the inbox
	for _, e := range entries {
		if id := threadBehind(e); e.Topic.Place == event.InInbox && id != 0 {
			threads[e.Topic.ID] = append(threads[e.Topic.ID], id)
		}
	}
	readable := map[int64]map[int64]bool{}
	for owner, ids := range threads {
		var err error
		if readable[owner], err = s.Forum.Readable(ctx, access.Actor{Person: owner}, ids); err != nil {
			return nil, err
		}
	}
	hidden := make([]bool, len(entries))
	for i, e := range entries {
		if e.Topic.Place != event.InInbox {
			continue
		}
		if id := threadBehind(e); id != 0 {
			hidden[i] = !readable[e.Topic.ID][id]
			continue
		}
		var err error
		if hidden[i], err = s.hidesAsker(ctx, e); err != nil {
			return nil, err
		}
	}
	return hidden, nil
}

// threadBehind is the thread that an entry tells of; 0 where none.
func threadBehind(e timeline.Entry) int64 {
	switch {
	case e.Comment != nil:
		return e.Comment.ThreadID
	case e.Theme != nil:
		return e.Theme.ThreadID
	case e.Poll != nil:
		return e.Poll.ThreadID
	}
	return e.Thread
}

// hidesAsker tells whether the entry names somebody who asked to come into a
// group, to one who can no longer answer.
func (s *Site) hidesAsker(ctx context.Context, e timeline.Entry) (bool, error) {
	if e.Kind != event.JoinAsked {
		return false, nil
	}
	var about struct{ Group string }
	if err := json.Unmarshal(e.Data, &about); err != nil {
		return true, nil //nolint:nilerr // of a group that cannot be known nothing is told
	}
	owner := access.Actor{Person: e.Topic.ID}
	g, err := s.Groups.ByHandle(ctx, owner, about.Group)
	if errs.Is(err, errs.NotFound) {
		return true, nil
	}
	return err == nil && !access.May(owner, access.AnswerAsker, g.Facts()), err
}
