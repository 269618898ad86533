package api

import (
	"net/http"
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/timeline"
)

type reasonAnswer struct {
	Reason ledger.Hash      `json:"reason"` // its hash
	HTML   string           `json:"html"`
	Voter  *timeline.Person `json:"voter,omitempty"` // of open polls
	Hidden *hiddenAnswer    `json:"hidden,omitempty"`
}

type hiddenAnswer struct {
	By  timeline.Person `json:"by"`
	Why string          `json:"why"`
	At  time.Time       `json:"at"`
}

func (a *API) listReasons(c edge.Ctx) error {
	return answerWith(c, a.Polls.Reasons, func(all []poll.Given) list[reasonAnswer] {
		return whole(all, func(g poll.Given) reasonAnswer {
			out := reasonAnswer{Reason: g.Hash, HTML: g.HTML}
			if g.Voter != nil {
				out.Voter = new(timeline.PersonOf(*g.Voter))
			}
			if g.Hid != nil {
				out.Hidden = &hiddenAnswer{timeline.PersonOf(g.Hid.By), g.Hid.Why, g.Hid.At.UTC()}
			}
			return out
		})
	})
}

type hideReason struct {
	Reason string `json:"reason"`
	Why    string `json:"why"`
}

func (a *API) hideReason(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	in, err := read[hideReason](c)
	if err != nil {
		return err
	}
	reason, _ := ledger.ParseHash(in.Reason) // what is no hash is not there
	if err := a.Polls.HideReason(c.Request().Context(), edge.Who(c), id, reason, in.Why); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
