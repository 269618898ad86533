package api_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/google/go-cmp/cmp"

	"plenary/pkg/api"
	"plenary/pkg/testkit"
)

var update = flag.Bool("update", false, "write the golden files and openapi.json anew")

func TestMain(m *testing.M) { testkit.Main(m) }

// spec is openapi.yaml, read and judged once.
var spec = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	return doc, doc.Validate(openapi3.NewLoader().Context)
})

var specRouter = sync.OnceValues(func() (routers.Router, error) {
	doc, err := spec()
	if err != nil {
		return nil, err
	}
	return legacy.NewRouter(doc)
})

func TestTheDescriptionServedIsTheOneThatWasWritten(t *testing.T) {
	doc, err := spec()
	if err != nil {
		t.Fatal(err)
	}
	want, err := doc.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("openapi.json", want, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(api.Description(), want) {
		t.Error("openapi.json is not openapi.yaml: run go test ./pkg/api -run Description -update")
	}
}

func TestEveryRouteIsDescribedAndNothingElse(t *testing.T) {
	t.Parallel()
	doc, err := spec()
	if err != nil {
		t.Fatal(err)
	}
	var described, served []string
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			described = append(described, fmt.Sprint(method, " ", path, " ", operation.OperationID))
		}
	}
	for _, c := range api.Calls() {
		served = append(served, fmt.Sprint(c.Method, " ", c.Path, " ", c.Handler))
	}
	slices.Sort(described)
	slices.Sort(served)
	if diff := cmp.Diff(described, served); diff != "" {
		t.Errorf("described (-) and served (+) differ:\n%s", diff)
	}
}

func TestTheRoutesAreThoseOfTheGoldenFile(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, c := range api.Calls() {
		fmt.Fprintf(&b, "%-6s %-40s %s\n", c.Method, c.Path, c.Handler)
	}
	golden(t, "testdata/routes.txt", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-) differs from what is (+); -update writes it anew:\n%s", name, diff)
	}
}

func TestEveryBodyIsDescribedWithoutRoomForMore(t *testing.T) {
	t.Parallel()
	doc, err := spec()
	if err != nil {
		t.Fatal(err)
	}
	for name, schema := range doc.Components.Schemas {
		s := schema.Value
		if s.Type.Is("object") && (s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has) {
			t.Errorf("%s may have members that are not described", name)
		}
	}
}
