package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
)

// uploaded is the answer to an upload: what to put into the text.
type uploaded struct {
	URL  string `json:"url"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// upload takes a file in as it arrives, without ever holding it in memory.
func (s *Site) upload(c edge.Ctx) error {
	if !edge.Who(c).SignedIn() {
		return errSignIn()
	}
	part, err := formPart(c, "file")
	if err != nil {
		return err
	}
	defer part.Close()
	info, err := s.Blobs.Put(ctx(c), part, edge.UploadLimit)
	if err != nil {
		return err
	}
	made, err := s.Forum.AddFile(ctx(c), edge.Who(c), forum.File{Name: part.FileName(), MediaType: info.MediaType, Size: info.Size,
		Width: info.Width, Height: info.Height, SHA256: info.SHA256})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, uploaded{URL: made.Path() + "/" + url.PathEscape(made.Name), Name: made.Name, Type: made.MediaType})
}

// formPart finds the field of a form that brings a file.
func formPart(c edge.Ctx, name string) (*multipart.Part, error) {
	reader, err := c.Request().MultipartReader()
	if err != nil {
		return nil, errs.New(errs.Unsupported, "error.media_type").Because(err)
	}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			var f errs.Fields
			f.Add(name, "field.required")
			return nil, f.Err()
		}
		if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, tooLarge
		}
		if err != nil {
			return nil, edge.Malformed("the form cannot be read").Because(err)
		}
		if part.FormName() == name {
			return part, nil
		}
	}
}

// filePolicy keeps whatever a file holds from acting as a page of ours.
const filePolicy = "default-src 'none'; sandbox"

// file sends a file to whoever may read what it belongs to.
func (s *Site) file(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	found, err := s.Forum.File(ctx(c), edge.Who(c), id)
	if err != nil {
		return err
	}
	return s.sendFile(c, found)
}

// sendFile sends what may be seen. Only pictures, which were drawn anew, are shown
// within a page; all else is saved.
func (s *Site) sendFile(c edge.Ctx, found forum.File) error {
	body, err := s.Blobs.Open(found.SHA256)
	if err != nil {
		return err
	}
	defer body.Close()
	disposition := "attachment"
	if found.Picture() {
		disposition = "inline"
	}
	h := c.Response().Header()
	h.Set("Content-Type", found.MediaType)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": strings.ReplaceAll(found.Name, "/", "_")}))
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("ETag", `"`+found.SHA256+`"`)
	http.ServeContent(c.Response(), c.Request(), "", found.CreatedAt, body)
	return nil
}
