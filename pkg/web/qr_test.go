package web

import (
	"fmt"
	"strings"
	"testing"

	"rsc.io/qr"
)

// Every dark square of the code, and no other, is in the picture, within a
// white border.
func TestThePictureOfAKeyIsItsQRCode(t *testing.T) {
	t.Parallel()
	const text = "otpauth://totp/Harbour:ana@example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Harbour"
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := drawn(text)
	if err != nil || drawn.Size != code.Size+8 {
		t.Fatalf("%+v, %v", drawn, err)
	}
	dark := map[[2]int]bool{}
	for _, run := range strings.Split(strings.TrimPrefix(drawn.Path, "M"), "M") {
		var x, y, width, back int
		if _, err := fmt.Sscanf(run, "%d %dh%dv1h-%dz", &x, &y, &width, &back); err != nil || width != back || width < 1 {
			t.Fatalf("%q: %v", run, err)
		}
		for i := range width {
			dark[[2]int{x + i - 4, y - 4}] = true
		}
	}
	for y := -4; y < code.Size+4; y++ {
		for x := -4; x < code.Size+4; x++ {
			if dark[[2]int{x, y}] != code.Black(x, y) {
				t.Fatalf("the square at %d, %d is drawn wrongly", x, y)
			}
		}
	}
}
