package store

import "strings"

// Literal makes a text stand for itself in a LIKE with the escape "!".
func Literal(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}
