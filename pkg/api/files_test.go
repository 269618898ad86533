package api_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"strings"
	"testing"
)

// form is a multipart form with one file, and its media type.
func form(t *testing.T, field, name string, content []byte) (body, mediaType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile(field, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// liveWithFiles uploads: a file is its owner's until a text in a thread links to
// it, and then everybody's who may read there.
func liveWithFiles(t *testing.T, h *house) {
	for _, one := range []struct {
		name, who, field string
		content          []byte
		status           int
	}{
		{"a visitor's", "", "file", picture(t), 401},
		{"under another name", "ben", "picture", picture(t), 422},
		{"a broken picture", "ben", "file", picture(t)[:40], 422},
		{"a program", "ben", "file", []byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00"), 415},
		{"too large", "ben", "file", bytes.Repeat([]byte("words "), 11<<20/6), 413},
	} {
		body, mediaType := form(t, one.field, "boat.png", one.content)
		if got := h.ask(t, one.who, "POST", "/files", body, "Content-Type", mediaType); got.status != one.status {
			t.Errorf("%s: %d, want %d\n%.500s", one.name, got.status, one.status, got.body)
		}
	}
	if got := h.ask(t, "ben", "POST", "/files", `{}`); got.status != 415 {
		t.Errorf("JSON instead of a form: %d", got.status)
	}
	body, mediaType := form(t, "file", "boat.png", picture(t))
	got := h.ask(t, "ben", "POST", "/files", body, "Content-Type", mediaType)
	want := map[string]any{"name": "boat.png", "media_type": "image/png", "width": 3.0, "height": 2.0, "url": "*", "sha256": "*"}
	if wrong := fits("file", want, got.value); got.status != 201 || len(wrong) > 0 {
		t.Fatalf("%d %v\n%s", got.status, wrong, got.body)
	}
	where := strings.TrimPrefix(got.header.Get("Location"), "/api/v1")
	for who, status := range map[string]int{"ben": 200, "ana": 404, "": 404} {
		if seen := h.ask(t, who, "GET", where, ""); seen.status != status {
			t.Errorf("before it is posted, %q sees it with %d, want %d", who, seen.status, status)
		}
	}
	thread := h.ask(t, "ben", "POST", "/groups/harbour/threads", fmt.Sprintf(`{"title":"Boat","body":"![boat](%s)","visibility":"members"}`, got.value["url"]))
	if thread.status != 201 {
		t.Fatal(string(thread.body))
	}
	for who, status := range map[string]int{"ben": 200, "ana": 200, "dee": 404, "": 404} {
		if seen := h.ask(t, who, "GET", where, ""); seen.status != status {
			t.Errorf("once it is posted, %q sees it with %d, want %d", who, seen.status, status)
		}
	}
}
