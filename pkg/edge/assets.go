package edge

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/pkg/errs"
	"plenary/static"
)

// Static serves the built files. Their names change with their content, so
// browsers may keep them for ever.
func (e *Edge) Static(c Ctx) error {
	asset, ok := e.Assets.Lookup(strings.TrimPrefix(c.Request().URL.Path, static.Prefix))
	if !ok {
		return errs.New(errs.NotFound, "error.not_found")
	}
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
	h.Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
	accepts := c.Request().Header.Get(echo.HeaderAcceptEncoding)
	var body []byte
	switch {
	case asset.Brotli != nil && strings.Contains(accepts, "br"):
		body = asset.Brotli
		h.Set(echo.HeaderContentEncoding, "br")
	case asset.Gzip != nil && strings.Contains(accepts, "gzip"):
		body = asset.Gzip
		h.Set(echo.HeaderContentEncoding, "gzip")
	default:
		var err error
		if body, err = asset.Plain(); err != nil {
			return err
		}
	}
	return c.Blob(http.StatusOK, asset.Type, body)
}
