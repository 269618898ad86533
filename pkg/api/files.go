package api

import (
	"errors"
	"io"
	"mime/multipart"
	"time"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
)

type fileAnswer struct {
	ID        int64     `json:"id"`
	ThreadID  int64     `json:"thread_id,omitempty"` // absent while no text links to it
	Name      string    `json:"name"`
	MediaType string    `json:"media_type"`
	Size      int64     `json:"size"`
	Width     int       `json:"width,omitempty"`
	Height    int       `json:"height,omitempty"`
	SHA256    string    `json:"sha256"`
	CreatedAt time.Time `json:"created_at"`
	URL       string    `json:"url"` // to be put into Markdown
}

func answerFile(f forum.File) fileAnswer {
	return fileAnswer{ID: f.ID, ThreadID: f.ThreadID, Name: f.Name, MediaType: f.MediaType, Size: f.Size, Width: f.Width,
		Height: f.Height, SHA256: f.SHA256, CreatedAt: f.CreatedAt.UTC(), URL: f.Path()}
}

// uploadFile reads the first file of a form as it comes in, so that memory stays
// small.
func (a *API) uploadFile(c edge.Ctx) error {
	part, err := filePart(c)
	if err != nil {
		return err
	}
	defer part.Close()
	ctx := c.Request().Context()
	kept, err := a.Files.Put(ctx, part, edge.UploadLimit)
	if err != nil {
		return err
	}
	added, err := a.Forum.AddFile(ctx, edge.Who(c), forum.File{Name: part.FileName(), MediaType: kept.MediaType, Size: kept.Size,
		Width: kept.Width, Height: kept.Height, SHA256: kept.SHA256})
	if err != nil {
		return err
	}
	return created(c, answerFile(added), "/files/%d", added.ID)
}

// filePart finds the part "file" of a multipart form.
func filePart(c edge.Ctx) (*multipart.Part, error) {
	form, err := c.Request().MultipartReader()
	if err != nil {
		return nil, errs.New(errs.Unsupported, "error.media_type").Because(err)
	}
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			var f errs.Fields
			f.Add("file", "field.required")
			return nil, f.Err()
		case err != nil:
			return nil, edge.Malformed("the form cannot be read").Because(err)
		case part.FormName() == "file":
			return part, nil
		}
	}
}

func (a *API) showFile(c edge.Ctx) error { return answerWith(c, a.Forum.File, answerFile) }
