package edge

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"plenary/pkg/errs"
	"plenary/pkg/page"
)

// ID reads a positive number out of the path. What is none leads nowhere.
func ID(c Ctx, name string) (int64, error) {
	id, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil || id <= 0 {
		return 0, errs.New(errs.NotFound, "error.not_found")
	}
	return id, nil
}

// Number reads a number out of the query; 0 where there is none.
func Number(c Ctx, name string) (int64, error) {
	text := c.QueryParam(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		var f errs.Fields
		f.Add(name, "field.number")
		return 0, f.Err()
	}
	return n, nil
}

// Page reads cursor and limit out of the query.
func Page(c Ctx) (page.Page, error) {
	limit, err := Number(c, "limit")
	if err != nil {
		return page.Page{}, err
	}
	return page.Page{Limit: int(min(limit, page.Max)), Cursor: c.QueryParam("cursor")}, nil
}

// Form reads the fields of a submitted form, and never those of the query.
func Form(c Ctx) (url.Values, error) {
	r := c.Request()
	kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil && r.ContentLength != 0 {
		return nil, errs.New(errs.Unsupported, "error.media_type")
	}
	switch kind {
	case "application/x-www-form-urlencoded", "":
		err = r.ParseForm()
	case "multipart/form-data":
		err = r.ParseMultipartForm(1 << 20)
	default:
		return nil, errs.New(errs.Unsupported, "error.media_type")
	}
	if err != nil {
		return nil, unreadable(err, "form")
	}
	for name, values := range r.PostForm {
		for _, v := range values {
			if !utf8.ValidString(v) || !utf8.ValidString(name) {
				var f errs.Fields
				f.Add(strings.ToValidUTF8(name, ""), "field.not_utf8")
				return r.PostForm, f.Err()
			}
		}
	}
	return r.PostForm, nil
}

// maxDepth is how deep a JSON body may be nested.
const maxDepth = 32

// JSON reads the body into a T, strictly: the right media type, valid UTF-8, no
// unknown members, nothing after the end.
func JSON[T any](c Ctx) (T, error) {
	var in T
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || kind != "application/json" && !strings.HasSuffix(kind, "+json") {
		return in, errs.New(errs.Unsupported, "error.want_json")
	}
	body, err := io.ReadAll(c.Request().Body)
	switch {
	case err != nil:
		return in, unreadable(err, "body")
	case !utf8.Valid(body):
		return in, Malformed("the body is not UTF-8")
	case tooDeep(body):
		return in, Malformed("the body is nested too deep")
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return in, badJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return in, Malformed("there is something after the end of the JSON value")
	}
	return in, nil
}

// badJSON says where a body is wrong. A value of the wrong type, or a member
// that is not known, is told for its field.
func badJSON(err error) error {
	var f errs.Fields
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
		f.Add(wrong.Field, "field.type", errs.Args{"Want": wrong.Type.String()})
		return f.Err()
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		if name, err := strconv.Unquote(name); err == nil {
			f.Add(name, "field.unknown")
			return f.Err()
		}
	}
	if errors.Is(err, io.EOF) {
		return Malformed("the body is empty")
	}
	return Malformed(strings.TrimPrefix(err.Error(), "json: "))
}

func tooDeep(body []byte) bool {
	depth, inString, escaped := 0, false, false
	for _, b := range body {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped, inString = b == '\\', b != '"'
		case b == '"':
			inString = true
		case b == '[' || b == '{':
			if depth++; depth > maxDepth {
				return true
			}
		case b == ']' || b == '}':
			depth--
		}
	}
	return false
}

func unreadable(err error, what string) error {
	if e := classified(err); e.Kind != errs.Internal {
		return e
	}
	return Malformed("the " + what + " cannot be read").Because(err)
}

func unescape(s string) (string, error) { return url.PathUnescape(s) }
