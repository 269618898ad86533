package api

import (
	"net/http"

	"plenary/pkg/edge"
	"plenary/pkg/ledger"
	"plenary/pkg/poll"
	"plenary/pkg/poll/download"
)

// exportPoll gives the bundle that "plenary recount" reads.
func (a *API) exportPoll(c edge.Ctx) error { return a.download(c, download.JSON) }

func (a *API) exportPollCSV(c edge.Ctx) error { return a.download(c, download.CSV) }

func (a *API) exportPollBLT(c edge.Ctx) error { return a.download(c, download.BLT) }

func (a *API) download(c edge.Ctx, as download.Format) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	file, err := download.File(c.Request().Context(), a.Polls, edge.Who(c), id, as, a.Edge.Origin())
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+as.FileName(id)+`"`)
	return c.Blob(http.StatusOK, as.Media(), file)
}

type keyAnswer struct {
	Key         ledger.PublicKey `json:"key"`
	Fingerprint string           `json:"fingerprint"`
}

func (a *API) showKey(c edge.Ctx) error {
	key, err := a.Polls.Key(c.Request().Context())
	if err != nil {
		return err
	}
	return ok(c, keyAnswer{key.Public, key.Fingerprint})
}

type certificateAnswer struct {
	Certificate *ledger.Certificate  `json:"certificate"` // null while the poll is open again
	Earlier     []ledger.Certificate `json:"earlier"`     // before it was opened again
}

func (a *API) showCertificate(c edge.Ctx) error {
	return answerWith(c, a.Polls.Certificates, func(all poll.Certificates) certificateAnswer {
		return certificateAnswer{all.Now, append([]ledger.Certificate{}, all.Earlier...)}
	})
}
