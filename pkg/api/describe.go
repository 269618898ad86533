package api

import (
	_ "embed"
	"net/http"

	"plenary/pkg/edge"
)

// description is openapi.yaml as JSON. A test writes it (-update) and holds it
// to be the same, so that the program needs no reader of YAML.
//
//go:embed openapi.json
var description []byte

func (a *API) describe(c edge.Ctx) error {
	return c.Blob(http.StatusOK, "application/json", description)
}
