// Package blob keeps the bytes of uploaded files in a folder, each under the
// checksum of its content, and makes pictures harmless before they are kept.
//
// A kept file is never changed; the same content is kept once. Who uploaded it,
// what it is called and who may see it, the package does not know.
package blob

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"plenary/pkg/errs"
)

// Store is a folder of files.
type Store struct {
	dir      string
	decoders chan struct{} // bounds how many pictures are decoded at once
}

// decodersAtOnce bounds memory: one picture of 40 megapixels takes 160 MB.
const decodersAtOnce = 2

// Open makes the folder where it is not there yet.
func Open(dir string) (*Store, error) {
	for _, d := range []string{dir, filepath.Join(dir, "incoming")} {
		if err := os.MkdirAll(d, 0o750); err != nil {
			return nil, fmt.Errorf("make the folder for files: %w", err)
		}
	}
	return &Store{dir: dir, decoders: make(chan struct{}, decodersAtOnce)}, nil
}

// Info is what is known of a kept file.
type Info struct {
	SHA256    string // hex
	Size      int64  // bytes
	MediaType string // found from the content, never believed from outside
	Width     int    // pixels; 0 where it is not a picture
	Height    int
}

// Put reads a file of at most limit bytes and keeps it. Pictures are decoded,
// turned upright, and written anew, which leaves out where they were taken and
// whatever else was hidden in them. Errors: TooLarge, Unsupported, Invalid
// (a broken picture), Full.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (Info, error) {
	head := bufio.NewReaderSize(io.LimitReader(r, limit+1), 1024)
	start, err := head.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return Info{}, err
	}
	kind := mediaType(start)
	if kind == "" {
		return Info{}, errs.New(errs.Unsupported, "file.unsupported")
	}
	raw, err := s.receive(head, limit)
	if err != nil {
		return Info{}, full(err)
	}
	defer os.Remove(raw.Name())
	defer raw.Close()
	if !isPicture(kind) {
		return s.keep(raw, Info{MediaType: kind})
	}
	select {
	case s.decoders <- struct{}{}:
		defer func() { <-s.decoders }()
	case <-ctx.Done():
		return Info{}, ctx.Err()
	}
	clean, info, err := s.redraw(raw, kind)
	if err != nil {
		return Info{}, full(err)
	}
	defer os.Remove(clean.Name())
	defer clean.Close()
	return s.keep(clean, info)
}

// PutPortrait reads a picture of at most limit bytes, cuts the largest square out
// of its middle and keeps it as a JPEG of PortraitEdge pixels each way. Errors as
// for Put, and Unsupported for what is no picture.
func (s *Store) PutPortrait(ctx context.Context, r io.Reader, limit int64) (Info, error) {
	head := bufio.NewReaderSize(io.LimitReader(r, limit+1), 1024)
	start, err := head.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return Info{}, err
	}
	if kind := mediaType(start); len(start) > 0 && !isPicture(kind) {
		return Info{}, errs.New(errs.Unsupported, "file.not_a_picture")
	}
	raw, err := s.receive(head, limit)
	if err != nil {
		return Info{}, full(err)
	}
	defer os.Remove(raw.Name())
	defer raw.Close()
	select {
	case s.decoders <- struct{}{}:
		defer func() { <-s.decoders }()
	case <-ctx.Done():
		return Info{}, ctx.Err()
	}
	clean, info, err := s.redrawAs(raw, portrait)
	if err != nil {
		return Info{}, full(err)
	}
	defer os.Remove(clean.Name())
	defer clean.Close()
	return s.keep(clean, info)
}

// PutMade keeps a file that the program itself has made, whatever its kind.
func (s *Store) PutMade(write func(io.Writer) error) (Info, error) {
	f, err := os.CreateTemp(filepath.Join(s.dir, "incoming"), "made-*")
	if err != nil {
		return Info{}, full(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := write(f); err != nil {
		return Info{}, full(err)
	}
	return s.keep(f, Info{})
}

// Remove deletes a kept file. One that was kept anew since the instant is left
// where it is and answered with false: somebody has put the same content again.
// That there is none is no error.
func (s *Store) Remove(sum string, since time.Time) (bool, error) {
	if !checksum.MatchString(sum) {
		return true, nil
	}
	found, err := os.Stat(s.path(sum))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("look at a file: %w", err)
	case found.ModTime().After(since):
		return false, nil
	}
	if err := os.Remove(s.path(sum)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return false, fmt.Errorf("remove a file: %w", err)
	}
	return true, nil
}

// receive writes what comes in to a file of its own, so that memory stays small.
func (s *Store) receive(r io.Reader, limit int64) (*os.File, error) {
	f, err := os.CreateTemp(filepath.Join(s.dir, "incoming"), "in-*")
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(f, r)
	switch {
	case err == nil && n > limit:
		err = errs.New(errs.TooLarge, "error.too_large", errs.Args{"Max": limit >> 10})
	case err == nil && n == 0:
		var fields errs.Fields
		fields.Add("file", "field.required")
		err = fields.Err()
	case err == nil:
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, err
	}
	return f, nil
}

// keep moves a finished file to the place that its checksum names, on disk
// before it is answered for.
func (s *Store) keep(f *os.File, info Info) (Info, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return Info{}, err
	}
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	if err != nil {
		return Info{}, fmt.Errorf("read back a file: %w", err)
	}
	info.SHA256, info.Size = hex.EncodeToString(sum.Sum(nil)), size
	if err := f.Sync(); err != nil {
		return Info{}, full(err)
	}
	path := s.path(info.SHA256)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return Info{}, full(err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return Info{}, full(fmt.Errorf("keep a file: %w", err))
	}
	return info, nil
}

func (s *Store) path(sum string) string { return filepath.Join(s.dir, sum[:2], sum) }

var checksum = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Open reads a kept file by its checksum.
func (s *Store) Open(sum string) (io.ReadSeekCloser, error) {
	if !checksum.MatchString(sum) {
		return nil, errs.New(errs.NotFound, "error.not_found")
	}
	f, err := os.Open(s.path(sum))
	if errors.Is(err, os.ErrNotExist) {
		return nil, errs.New(errs.NotFound, "error.not_found").Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("open a file: %w", err)
	}
	return f, nil
}

// full gives an exhausted disk its kind.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return errs.New(errs.Full, "error.disk_full").Because(err)
	}
	return err
}

// mediaType finds what a file is from how it begins. It is empty for what is
// not accepted: programs, web pages, SVG and whatever else a browser would run.
func mediaType(start []byte) string {
	switch kind := http.DetectContentType(start); kind {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "application/zip", "application/ogg",
		"audio/mpeg", "audio/wave", "video/mp4", "video/webm":
		return kind
	case "text/plain; charset=utf-8":
		return kind
	}
	return ""
}
