package web

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// squares is the outline of a QR code's dark parts, as the path of an SVG.
func squares(code *qr.Code) string {
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			begin := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > begin {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", begin+quiet, y+quiet, x-begin, x-begin)
			}
		}
	}
	return b.String()
}
