package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// uses is which keys the program asks for: whole ones, and beginnings to which
// something is added while it runs ("theme.state_").
type uses struct{ keys, beginnings map[string][]string }

func (u uses) add(key, where string) {
	if strings.HasSuffix(key, "_") || strings.HasSuffix(key, ".") {
		u.beginnings[key] = append(u.beginnings[key], where)
		return
	}
	u.keys[key] = append(u.keys[key], where)
}

func (u uses) has(key string) bool {
	if len(u.keys[key]) > 0 {
		return true
	}
	for beginning := range u.beginnings {
		if strings.HasPrefix(key, beginning) {
			return true
		}
	}
	return false
}

var (
	calledInTemplate = regexp.MustCompile(`\b(?:t|tn|th) \(?(?:print )?"([a-z_0-9.]+)"`)
	fieldInTemplate  = regexp.MustCompile(`\(input [^"]*"[a-z_]+" (?:\(print )?"([a-z_0-9.]+)"`)
	hintInTemplate   = regexp.MustCompile(`"(?:hint|placeholder)" (?:\(print )?"([a-z_0-9.]+)"`)
	keyShaped        = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*[._]?[a-z0-9_]*$`)
)

func templateUses(t *testing.T, into uses) {
	t.Helper()
	walk(t, "../../templates", ".html", func(name string, text []byte) {
		for _, shape := range []*regexp.Regexp{calledInTemplate, fieldInTemplate, hintInTemplate} {
			for _, found := range shape.FindAllSubmatch(text, -1) {
				into.add(string(found[1]), name)
			}
		}
	})
}

// sourceUses collects the codes given to errs.New and Fields.Add, which must
// have a message, and all other literals that look like keys, which may be one.
func sourceUses(t *testing.T, must, may uses) {
	t.Helper()
	for _, root := range []string{"../../pkg", "../../cmd"} {
		walk(t, root, ".go", func(name string, text []byte) {
			if strings.HasSuffix(name, "_test.go") || strings.Contains(name, "/testkit/") {
				return
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
			if err != nil {
				return // being written by somebody; the compiler will complain
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					if code, ok := errorCode(n); ok {
						must.add(code, name)
					}
				case *ast.BasicLit:
					if key, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && keyShaped.MatchString(key) && strings.Contains(key, ".") {
						may.add(key, name)
					}
				}
				return true
			})
		})
	}
}

// errorCode is the literal code of errs.New(kind, code) or fields.Add(field, code).
func errorCode(call *ast.CallExpr) (string, bool) {
	fun, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) < 2 {
		return "", false
	}
	pkg, _ := fun.X.(*ast.Ident)
	isNew := pkg != nil && pkg.Name == "errs" && fun.Sel.Name == "New"
	if !isNew && fun.Sel.Name != "Add" {
		return "", false
	}
	lit, ok := call.Args[1].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	code, err := strconv.Unquote(lit.Value)
	return code, err == nil && strings.Contains(code, ".") && keyShaped.MatchString(code)
}

func walk(t *testing.T, root, ext string, visit func(name string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != ext {
			return err
		}
		text, err := os.ReadFile(name)
		if err == nil {
			visit(name, text)
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}

func newUses() uses { return uses{map[string][]string{}, map[string][]string{}} }

func english(t *testing.T) *Localizer {
	t.Helper()
	bundle, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return bundle.Localizer("en")
}

func TestEveryKeyThatIsAskedForHasAMessage(t *testing.T) {
	t.Parallel()
	words := english(t)
	must := newUses()
	templateUses(t, must)
	sourceUses(t, must, newUses())
	if len(must.keys) < 300 {
		t.Fatalf("found only %d keys, so the search itself is broken", len(must.keys))
	}
	for key, where := range must.keys {
		if !words.Has(key) {
			t.Errorf("no message %q, asked for in %s", key, where[0])
		}
	}
	for beginning, where := range must.beginnings {
		if !slices.ContainsFunc(words.Keys(), func(key string) bool { return strings.HasPrefix(key, beginning) }) {
			t.Errorf("no message begins with %q, asked for in %s", beginning, where[0])
		}
	}
}

func TestNoMessageIsUnused(t *testing.T) {
	t.Parallel()
	used := newUses()
	templateUses(t, used)
	sourceUses(t, used, used)
	for _, key := range english(t).Keys() {
		if !used.has(key) {
			t.Errorf("nothing asks for the message %q", key)
		}
	}
}
