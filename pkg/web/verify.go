package web

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/i18n"
	"plenary/pkg/ledger"
	"plenary/pkg/web/view"
)

func (s *Site) verifyRoutes() []route {
	return []route{get("/verify", s.verifyPage), post("/verify", s.verify)}
}

// verifyPage lets the browser check an export by itself, so that the forum need
// not be believed.
func (s *Site) verifyPage(c edge.Ctx) error {
	edge.AllowCompiled(c)
	return s.ok(c, view.VerifyPage{Frame: s.frame(c), Texts: findings(s.words(c))})
}

// verify checks an export here, for browsers that run no scripts. Nothing of it
// is kept.
func (s *Site) verify(c edge.Ctx) error {
	p := view.VerifyPage{Frame: s.frame(c), Texts: findings(s.words(c))}
	report, err := sentExport(c)
	if err != nil {
		if p.Form, err = s.again(nil, err); err != nil {
			return err
		}
		edge.AllowCompiled(c)
		return s.show(c, http.StatusUnprocessableEntity, p)
	}
	p.Report = verification(report, s.words(c))
	edge.AllowCompiled(c)
	return s.ok(c, p)
}

func sentExport(c edge.Ctx) (*ledger.Report, error) {
	part, err := formPart(c, "file")
	if err != nil {
		return nil, err
	}
	defer part.Close()
	data, err := io.ReadAll(io.LimitReader(part, edge.ExportLimit+1))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, tooLarge
	}
	var f errs.Fields
	switch {
	case err != nil:
		return nil, edge.Malformed("the form cannot be read").Because(err)
	case len(data) == 0:
		f.Add("file", "field.required")
	case len(data) > edge.ExportLimit:
		f.Add("file", "verify.page.too_large", errs.Args{"Max": edge.ExportLimit >> 20})
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	bundle, err := ledger.ReadBundle(data)
	if err != nil {
		f.Add("file", "verify.page.unreadable")
		return nil, f.Err()
	}
	return ledger.Verify(bundle), nil
}

func verification(r *ledger.Report, words *i18n.Localizer) *view.Verification {
	v := &view.Verification{Title: r.Title, Fails: !r.OK()}
	for _, f := range r.Findings {
		v.Findings = append(v.Findings, view.Found{Status: string(f.Status), Text: errs.Text{Code: f.Code, Args: f.Args}})
	}
	for _, o := range r.Others {
		code := "verify.other"
		if len(o.Winners) == 0 {
			code = "verify.other_none"
		}
		v.Others = append(v.Others, errs.Text{Code: code, Args: errs.Args{"Method": words.T("tally.method."+string(o.Method), nil), "Winners": strings.Join(o.Winners, ", ")}})
	}
	return v
}

// values are the names of what findings are filled in with.
var values = []string{"Format", "Want", "Number", "Of", "Ballots", "Name", "Voter", "Receipt", "Rule", "Key", "Method", "Winners"}

// findings are the texts that the page's script fills in.
func findings(words *i18n.Localizer) []view.Told {
	places := i18n.Args{}
	for _, name := range values {
		places[name] = "{" + name + "}"
	}
	var all []view.Told
	for _, key := range words.Keys() {
		if strings.HasPrefix(key, "tally.method.") || strings.HasPrefix(key, "verify.") && !strings.HasPrefix(key, "verify.line") && !strings.HasPrefix(key, "verify.expected") {
			all = append(all, view.Told{Code: key, Text: words.T(key, places)})
		}
	}
	return all
}
