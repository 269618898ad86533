package forum

import (
	"context"
	"errors"

	"plenary/pkg/errs"
	"plenary/pkg/markup"
)

// render turns Markdown into safe HTML, with links for those of its mentions
// that are somebody's handle. It is done before the write begins. What is wrong
// with the text is told for the field "body".
func (f *Forum) render(ctx context.Context, source string) (markup.Document, error) {
	known, err := f.people.Named(f.db.Read(ctx), markup.Handles(source))
	if err != nil {
		return markup.Document{}, err
	}
	doc, err := f.markup.Render(source, func(handle string) bool { return known[handle] != 0 || markup.NamesEverybody(handle) })
	return doc, asField(err)
}

// Preview renders a text as it would be shown once posted.
func (f *Forum) Preview(ctx context.Context, source string) (string, error) {
	doc, err := f.render(ctx, source)
	return doc.HTML, err
}

func asField(err error) error {
	if err == nil {
		return nil
	}
	var f errs.Fields
	if tooLong, ok := errors.AsType[*markup.TooLongError](err); ok {
		f.Add("body", "field.too_many_bytes", errs.Args{"Max": markup.MaxBytes, "Got": tooLong.Bytes})
		return f.Err()
	}
	if errors.Is(err, markup.ErrNotUTF8) {
		f.Add("body", "field.not_utf8")
		return f.Err()
	}
	return err
}
