package blob

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // lets image.Decode read WebP

	"plenary/pkg/errs"
)

// Bounds of pictures. A PNG of 428 KiB can be one of 400 megapixels, so its size
// is looked at before it is decoded.
const (
	maxPixels = 40_000_000
	maxEdge   = 2400 // pixels; larger pictures are scaled down to it
	maxFrames = 200  // of a moving picture
)

func isPicture(kind string) bool {
	switch kind {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return true
	}
	return false
}

// redraw decodes a picture and writes it anew, upright and of bounded size.
func (s *Store) redraw(in *os.File, kind string) (*os.File, Info, error) {
	return s.redrawAs(in, func(out io.Writer, in io.ReadSeeker) (Info, error) { return rewrite(out, in, kind) })
}

// redrawAs has a picture written anew, once its size is known to be bearable.
func (s *Store) redrawAs(in *os.File, write func(io.Writer, io.ReadSeeker) (Info, error)) (*os.File, Info, error) {
	size, _, err := image.DecodeConfig(in)
	if err != nil {
		return nil, Info{}, broken(err)
	}
	if size.Width*size.Height > maxPixels {
		return nil, Info{}, errs.New(errs.TooLarge, "file.too_many_pixels", errs.Args{"Max": maxPixels / 1_000_000})
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, Info{}, err
	}
	out, err := os.CreateTemp(filepath.Join(s.dir, "incoming"), "pic-*")
	if err != nil {
		return nil, Info{}, err
	}
	info, err := write(out, in)
	if err != nil {
		out.Close()
		os.Remove(out.Name())
		return nil, Info{}, err
	}
	return out, info, nil
}

func rewrite(out io.Writer, in io.ReadSeeker, kind string) (Info, error) {
	if kind == "image/gif" {
		return rewriteGIF(out, in)
	}
	turn := orientation(in)
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return Info{}, err
	}
	picture, _, err := image.Decode(in)
	if err != nil {
		return Info{}, broken(err)
	}
	picture = upright(smaller(picture), turn)
	info := Info{MediaType: "image/jpeg", Width: picture.Bounds().Dx(), Height: picture.Bounds().Dy()}
	if kind == "image/jpeg" {
		return info, jpeg.Encode(out, picture, &jpeg.Options{Quality: 85})
	}
	info.MediaType = "image/png"
	return info, png.Encode(out, picture)
}

// PortraitEdge is how many pixels a portrait has each way.
const PortraitEdge = 256

// portrait writes the square in the middle of a picture; of a moving one, its
// first frame.
func portrait(out io.Writer, in io.ReadSeeker) (Info, error) {
	turn := orientation(in)
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return Info{}, err
	}
	picture, _, err := image.Decode(in)
	if err != nil {
		return Info{}, broken(err)
	}
	b := picture.Bounds()
	edge := min(b.Dx(), b.Dy())
	if edge == 0 {
		return Info{}, broken(image.ErrFormat)
	}
	corner := image.Pt(b.Min.X+(b.Dx()-edge)/2, b.Min.Y+(b.Dy()-edge)/2)
	to := image.NewRGBA(image.Rect(0, 0, PortraitEdge, PortraitEdge))
	draw.Draw(to, to.Bounds(), image.White, image.Point{}, draw.Src) // JPEG knows nothing of what shines through
	draw.CatmullRom.Scale(to, to.Bounds(), picture, image.Rectangle{Min: corner, Max: corner.Add(image.Pt(edge, edge))}, draw.Over, nil)
	info := Info{MediaType: "image/jpeg", Width: PortraitEdge, Height: PortraitEdge}
	return info, jpeg.Encode(out, upright(to, turn), &jpeg.Options{Quality: 85})
}

func rewriteGIF(out io.Writer, in io.Reader) (Info, error) {
	moving, err := gif.DecodeAll(in)
	if err != nil {
		return Info{}, broken(err)
	}
	if len(moving.Image) > maxFrames || moving.Config.Width*moving.Config.Height*len(moving.Image) > 4*maxPixels {
		return Info{}, errs.New(errs.TooLarge, "file.too_many_pixels", errs.Args{"Max": maxPixels / 1_000_000})
	}
	return Info{MediaType: "image/gif", Width: moving.Config.Width, Height: moving.Config.Height}, gif.EncodeAll(out, moving)
}

func broken(err error) error {
	var fields errs.Fields
	fields.Add("file", "file.broken_picture")
	return fmt.Errorf("decode a picture: %w: %w", fields.Err(), err)
}

func smaller(p image.Image) image.Image {
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	if max(w, h) <= maxEdge {
		return p
	}
	scale := float64(maxEdge) / float64(max(w, h))
	to := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(w)*scale)), max(1, int(float64(h)*scale))))
	draw.CatmullRom.Scale(to, to.Bounds(), p, p.Bounds(), draw.Src, nil)
	return to
}

// upright turns a picture as its orientation says: 1 to 8 of the Exif standard,
// CIPA DC-008, tag 0x0112.
func upright(p image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return p
	}
	b := p.Bounds()
	w, h := b.Dx(), b.Dy()
	turned := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		turned = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(turned)
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.Set(tx, ty, p.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}

// orientation reads how a JPEG was held when it was taken; 1, upright, where it
// does not say.
func orientation(in io.Reader) int {
	head := make([]byte, 64<<10)
	n, _ := io.ReadFull(in, head)
	head = head[:n]
	at := bytes.Index(head, []byte("Exif\x00\x00"))
	if at < 0 || len(head) < at+14 {
		return 1
	}
	return tiffOrientation(head[at+6:])
}

func tiffOrientation(tiff []byte) int {
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(tiff, []byte("II")) {
		order = binary.LittleEndian
	}
	first := int(order.Uint32(tiff[4:]))
	if first < 8 || first+2 > len(tiff) {
		return 1
	}
	const entry, tag = 12, 0x0112
	for i := range int(order.Uint16(tiff[first:])) {
		at := first + 2 + i*entry
		if at+entry > len(tiff) {
			return 1
		}
		if order.Uint16(tiff[at:]) == tag {
			return int(order.Uint16(tiff[at+8:]))
		}
	}
	return 1
}
