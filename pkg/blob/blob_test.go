package blob_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"

	"plenary/pkg/blob"
	"plenary/pkg/errs"
)

func open(t testing.TB) (*blob.Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func picture(w, h int) image.Image {
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	p.Set(0, 0, color.RGBA{255, 0, 0, 255})
	return p
}

func pngOf(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t testing.TB, p image.Image, exif []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	if exif == nil {
		return b.Bytes()
	}
	segment := append([]byte{0xff, 0xe1, 0, 0}, exif...)
	binary.BigEndian.PutUint16(segment[2:], uint16(len(exif)+2))
	return append(append([]byte{0xff, 0xd8}, segment...), b.Bytes()[2:]...)
}

// exifTurned says that the camera was held so that the picture must be turned.
func exifTurned(orientation byte) []byte {
	return append([]byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), orientation, 0, 0, 0, 0, 0, 0)
}

func TestWhatIsAcceptedIsFoundFromTheContent(t *testing.T) {
	s, _ := open(t)
	var moving bytes.Buffer
	if err := gif.Encode(&moving, picture(3, 2), nil); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		in   []byte
		want string
		kind errs.Kind
	}{
		"png":            {pngOf(t, picture(3, 2)), "image/png", 0},
		"jpeg":           {jpegOf(t, picture(3, 2), nil), "image/jpeg", 0},
		"gif":            {moving.Bytes(), "image/gif", 0},
		"pdf":            {[]byte("%PDF-1.7\n"), "application/pdf", 0},
		"text":           {[]byte("Grüße\n"), "text/plain; charset=utf-8", 0},
		"svg, as text":   {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "text/plain; charset=utf-8", 0},
		"html":           {[]byte("<!DOCTYPE html><script>alert(1)</script>"), "", errs.Unsupported},
		"program":        {[]byte("\x7fELF\x02\x01\x01\x00\x00\x00"), "", errs.Unsupported},
		"broken picture": {pngOf(t, picture(3, 2))[:40], "", errs.Invalid},
		"empty":          {nil, "", errs.Invalid},
	} {
		info, err := s.Put(context.Background(), bytes.NewReader(c.in), 1<<20)
		if c.want == "" {
			if !errs.Is(err, c.kind) {
				t.Errorf("%s: %+v, %v; want %v", name, info, err, c.kind)
			}
			continue
		}
		if err != nil || info.MediaType != c.want {
			t.Errorf("%s: %+v, %v", name, info, err)
		}
	}
}

func TestAPictureIsWrittenAnewWithoutWhatWasHiddenInIt(t *testing.T) {
	s, _ := open(t)
	secret := "taken at home"
	in := append(jpegOf(t, picture(8, 4), append(exifTurned(6), secret...)), "<script>alert(1)</script>"...)
	info, err := s.Put(context.Background(), bytes.NewReader(in), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if info.Width != 4 || info.Height != 8 {
		t.Errorf("turned upright it is %d × %d, want 4 × 8", info.Width, info.Height)
	}
	f, err := s.Open(info.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	kept, _ := io.ReadAll(f)
	if bytes.Contains(kept, []byte(secret)) || bytes.Contains(kept, []byte("script")) || int64(len(kept)) != info.Size {
		t.Errorf("kept %d bytes with what was hidden", len(kept))
	}
}

// bomb is a PNG whose header promises w × h pixels.
func bomb(w, h uint32) []byte {
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")
	b = binary.BigEndian.AppendUint32(b, w)
	b = binary.BigEndian.AppendUint32(b, h)
	b = append(b, 8, 2, 0, 0, 0)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[12:]))
}

func TestAPictureOfFarTooManyPixelsIsNotDecoded(t *testing.T) {
	s, _ := open(t)
	if _, err := s.Put(context.Background(), bytes.NewReader(bomb(20000, 20000)), 1<<20); !errs.Is(err, errs.TooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestALargePictureIsScaledDown(t *testing.T) {
	s, _ := open(t)
	info, err := s.Put(context.Background(), bytes.NewReader(pngOf(t, picture(4800, 10))), 1<<20)
	if err != nil || info.Width != 2400 || info.Height != 5 {
		t.Errorf("got %+v, %v", info, err)
	}
}

func TestTooManyBytesAreRefusedAndNothingIsLeftBehind(t *testing.T) {
	s, dir := open(t)
	if _, err := s.Put(context.Background(), strings.NewReader(strings.Repeat("x", 101)), 100); !errs.Is(err, errs.TooLarge) {
		t.Errorf("got %v", err)
	}
	left, err := os.ReadDir(dir + "/incoming")
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestOnlyAChecksumOpensAFile(t *testing.T) {
	s, _ := open(t)
	for _, sum := range []string{"", "../../etc/passwd", strings.Repeat("a", 64), strings.Repeat("A", 64)} {
		if f, err := s.Open(sum); !errs.Is(err, errs.NotFound) {
			t.Errorf("Open(%q) = %v, %v", sum, f, err)
		}
	}
}

func FuzzPut(f *testing.F) {
	f.Add(jpegOf(f, picture(8, 4), exifTurned(3)))
	f.Add(pngOf(f, picture(2, 2)))
	f.Add([]byte("plain"))
	s, err := blob.Open(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		info, err := s.Put(context.Background(), bytes.NewReader(in), 1<<20)
		if err == nil && (info.Size <= 0 || len(info.SHA256) != 64) {
			t.Errorf("kept %+v", info)
		}
	})
}
