package web

import (
	"errors"
	"mime/multipart"
	"net/url"
	"strconv"
	"strings"

	"plenary/pkg/edge"
	"plenary/pkg/errs"
	"plenary/pkg/forum"
	"plenary/pkg/poll"
)

// Options in a form have pictures by three fields: picture, the id of the file
// that is kept; picture_alt, what it shows; and picture_file.N, a new file for the
// option in row N, from 0. A file is kept as soon as it comes in, so that the form
// can come back with it.

// withPictures is submitted for a form that may bring pictures of options. What
// cannot be used is complained of under "option".
func (s *Site) withPictures(c edge.Ctx) (url.Values, errs.Fields, error) {
	form, err := edge.Form(c)
	if err != nil {
		return nil, nil, err
	}
	var unfit errs.Fields
	if m := c.Request().MultipartForm; m != nil {
		for name, files := range m.File {
			if err := s.keepPicture(c, form, name, files, &unfit); err != nil {
				return nil, nil, err
			}
		}
	}
	_, err = edge.WithOnce(c, form.Get("once"))
	return form, unfit, err
}

// keepPicture puts one file into the form, by its id.
func (s *Site) keepPicture(c edge.Ctx, form url.Values, field string, files []*multipart.FileHeader, unfit *errs.Fields) error {
	text, is := strings.CutPrefix(field, "picture_file.")
	row, err := strconv.Atoi(text)
	if !is || err != nil || row < 0 || row >= poll.MaxOptions || len(files) == 0 || files[0].Size == 0 {
		return nil // an empty field, or none of ours
	}
	if !edge.Who(c).SignedIn() {
		return errSignIn()
	}
	from, err := files[0].Open()
	if err != nil {
		return err
	}
	defer from.Close()
	info, err := s.Blobs.Put(ctx(c), from, edge.UploadLimit)
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind != errs.Full || err == nil && info.Width == 0 {
		unfit.Add("option", "build.picture_unfit", errs.Args{"Name": files[0].Filename, "Max": edge.UploadLimit >> 20})
		return nil
	}
	if err != nil {
		return err
	}
	made, err := s.Forum.AddFile(ctx(c), edge.Who(c), forum.File{Name: files[0].Filename, MediaType: info.MediaType, Size: info.Size,
		Width: info.Width, Height: info.Height, SHA256: info.SHA256})
	if err != nil {
		return err
	}
	setRow(form, "picture", row, pictureText(made.ID))
	return nil
}

// setRow puts a text into the row of a field that has one for each option.
func setRow(form url.Values, name string, row int, text string) {
	for len(form[name]) <= row {
		form.Add(name, "")
	}
	form[name][row] = text
}

// dropPicture takes the picture out of the row whose button was pressed.
func dropPicture(form url.Values) {
	row, err := strconv.Atoi(form.Get("drop_picture"))
	if err != nil || row < 0 || row >= poll.MaxOptions {
		return
	}
	setRow(form, "picture", row, "")
	setRow(form, "picture_alt", row, "")
}

// pictureID reads the id of a file; what is none is refused with the files that
// do not exist.
func pictureID(text string) int64 {
	if text == "" {
		return 0
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id == 0 {
		return -1
	}
	return id
}

func pictureText(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// optionPicture sends the picture of an option to whoever may see the poll.
func (s *Site) optionPicture(c edge.Ctx) error {
	id, err := edge.ID(c, "id")
	if err != nil {
		return err
	}
	file, err := edge.ID(c, "file")
	if err != nil {
		return err
	}
	found, err := s.Polls.Picture(ctx(c), edge.Who(c), id, file)
	if err != nil {
		return err
	}
	return s.sendFile(c, found)
}
