package web

import (
	"io"
	"net/http"

	"plenary/pkg/edge"
)

// usePicture makes somebody's picture out of what comes in.
func (s *Site) usePicture(c edge.Ctx, from io.Reader) error {
	info, err := s.Blobs.PutPortrait(ctx(c), from, edge.PictureLimit)
	if err != nil {
		return err
	}
	before, err := s.People.SetPicture(ctx(c), edge.Who(c), info.SHA256)
	if err != nil {
		return err
	}
	if before == info.SHA256 {
		return nil
	}
	return s.dropPicture(c, before)
}

// dropPicture has the file of a picture deleted that somebody has no more.
func (s *Site) dropPicture(c edge.Ctx, before string) error {
	if before == "" {
		return nil
	}
	return s.MyData.DropLater(ctx(c), before)
}

// picture sends somebody's picture. Its address names its content, so browsers
// may keep it for as long as they like.
func (s *Site) picture(c edge.Ctx) error {
	sum := c.Param("sum")
	if err := s.People.PictureOf(ctx(c), c.Param("handle"), sum); err != nil {
		return err
	}
	body, err := s.Blobs.Open(sum)
	if err != nil {
		return err
	}
	defer body.Close()
	h := c.Response().Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Disposition", "inline")
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("ETag", `"`+sum+`"`)
	http.ServeContent(c.Response(), c.Request(), "", s.Now(), body)
	return nil
}
