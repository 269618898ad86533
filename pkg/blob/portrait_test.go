package blob_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"plenary/pkg/errs"
)

const portraitLimit = 2 << 20

func TestAPortraitIsASquareWithoutWhatWasHiddenInIt(t *testing.T) {
	s, _ := open(t)
	secret := "taken at home"
	var moving bytes.Buffer
	if err := gif.Encode(&moving, picture(30, 20), nil); err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string][]byte{
		"jpeg": append(jpegOf(t, picture(800, 400), append(exifTurned(6), secret...)), "<script>"...),
		"png":  pngOf(t, picture(3, 200)), "gif": moving.Bytes(), "one pixel": pngOf(t, picture(1, 1)),
	} {
		info, err := s.PutPortrait(context.Background(), bytes.NewReader(in), portraitLimit)
		if err != nil || info.Width != 256 || info.Height != 256 || info.MediaType != "image/jpeg" {
			t.Errorf("%s: %+v, %v", name, info, err)
			continue
		}
		f, err := s.Open(info.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		kept, _ := io.ReadAll(f)
		f.Close()
		size, kind, err := image.DecodeConfig(bytes.NewReader(kept))
		if err != nil || kind != "jpeg" || size.Width != 256 || size.Height != 256 {
			t.Errorf("%s: kept a %s of %d × %d, %v", name, kind, size.Width, size.Height, err)
		}
		if bytes.Contains(kept, []byte(secret)) || bytes.Contains(kept, []byte("script")) {
			t.Errorf("%s: kept what was hidden", name)
		}
	}
}

func TestAPortraitIsCutFromTheMiddle(t *testing.T) {
	s, _ := open(t)
	wide := image.NewRGBA(image.Rect(0, 0, 300, 100))
	for x := range 300 {
		for y := range 100 {
			c := color.RGBA{255, 0, 0, 255}
			if x >= 100 && x < 200 {
				c = color.RGBA{0, 0, 255, 255}
			}
			wide.Set(x, y, c)
		}
	}
	info, err := s.PutPortrait(context.Background(), bytes.NewReader(pngOf(t, wide)), portraitLimit)
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.Open(info.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := jpeg.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []image.Point{{12, 12}, {243, 12}, {128, 128}, {12, 243}} {
		if r, _, b, _ := got.At(at.X, at.Y).RGBA(); b < 0xc000 || r > 0x4000 {
			t.Errorf("at %v it is not the blue of the middle", at)
		}
	}
}

func TestWhatCannotBeAPortraitIsRefused(t *testing.T) {
	s, dir := open(t)
	for name, c := range map[string]struct {
		in   []byte
		kind errs.Kind
	}{
		"a bomb of 400 megapixels": {bomb(20000, 20000), errs.TooLarge},
		"a bomb beyond counting":   {bomb(1<<31-1, 1<<31-1), errs.Invalid},
		"too many bytes":           {append(pngOf(t, picture(3, 3)), bytes.Repeat([]byte("x"), portraitLimit)...), errs.TooLarge},
		"a broken one":             {pngOf(t, picture(3, 2))[:40], errs.Invalid},
		"none":                     {nil, errs.Invalid},
		"a text":                   {[]byte("a text"), errs.Unsupported},
		"a drawing with a script":  {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), errs.Unsupported},
		"a page":                   {[]byte("<!DOCTYPE html><script>alert(1)</script>"), errs.Unsupported},
		"a PDF":                    {[]byte("%PDF-1.7\n"), errs.Unsupported},
	} {
		if info, err := s.PutPortrait(context.Background(), bytes.NewReader(c.in), portraitLimit); !errs.Is(err, c.kind) {
			t.Errorf("%s: %+v, %v; want %v", name, info, err, c.kind)
		}
	}
	if left, err := os.ReadDir(dir + "/incoming"); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestAFileIsRemovedUnlessItWasPutAgain(t *testing.T) {
	s, _ := open(t)
	info, err := s.PutMade(func(w io.Writer) error { _, err := io.WriteString(w, "made"); return err })
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		since time.Time
		gone  bool
	}{{time.Now().Add(-time.Hour), false}, {time.Now().Add(time.Hour), true}, {time.Now(), true}} {
		if gone, err := s.Remove(info.SHA256, c.since); gone != c.gone || err != nil {
			t.Errorf("since %v: gone %v, %v", c.since, gone, err)
		}
		f, err := s.Open(info.SHA256)
		if (err != nil) != c.gone {
			t.Errorf("since %v: %v", c.since, err)
		}
		if err == nil {
			f.Close()
		}
	}
	if _, err := s.PutMade(func(io.Writer) error { return io.ErrShortWrite }); err == nil {
		t.Error("what failed to be written was kept")
	}
	if _, err := s.Remove("../"+strings.Repeat("a", 61), time.Now()); err != nil {
		t.Error(err)
	}
}
