// Package templates carries the pages of the forum inside the program. It
// holds files only and knows nothing of what is put into them.
package templates

import "embed"

// Files are the layouts, pages and partials, and the paper that mail is written on.
//
//go:embed layouts mail pages partials
var Files embed.FS
