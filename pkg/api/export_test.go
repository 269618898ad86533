package api

import (
	"reflect"
	"runtime"
	"strings"

	"plenary/pkg/edge"
	"plenary/pkg/i18n"
	"plenary/pkg/poll/figures"
)

// Call is a route as the tests see it.
type Call struct{ Method, Path, Handler string }

// Calls lists every route there is.
func Calls() []Call {
	var out []Call
	a := &API{}
	for _, r := range append(a.routes(), a.secretive()...) {
		out = append(out, Call{r.method, r.path, nameOf(r.handle)})
	}
	return out
}

func nameOf(h edge.Handler) string {
	name := runtime.FuncForPC(reflect.ValueOf(h).Pointer()).Name()
	name = name[strings.LastIndex(name, ".")+1:]
	return strings.TrimSuffix(name, "-fm")
}

// Description is openapi.json as it is served.
func Description() []byte { return description }

// ResultsAnswer is a count as the API tells it.
func ResultsAnswer(r figures.Results, words *i18n.Localizer) any { return answerResults(r, words) }
