// Package transfer brings discussions into the forum from elsewhere. It reads
// files and hands what they tell to the rooms below; it writes no rows itself.
package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"plenary/pkg/forum"
	"plenary/pkg/transfer/transcript"
)

// Transcript imports the text of a Loomio thread into a group. The times in it
// are those of zone. The second result is false where it had been imported
// before, in which case nothing was changed. Errors: *transcript.Error with the
// line that is wrong; whatever forum.Import gives.
func Transcript(ctx context.Context, f *forum.Forum, group string, r io.Reader, zone *time.Location) (forum.Thread, bool, error) {
	read, err := transcript.Parse(r, zone)
	if err != nil {
		return forum.Thread{}, false, err
	}
	t, made, err := f.Import(ctx, group, imported(read))
	if err != nil {
		return forum.Thread{}, false, fmt.Errorf("import %q: %w", read.Title, err)
	}
	return t, made, nil
}

func imported(read *transcript.Thread) forum.Imported {
	in := forum.Imported{
		Key:    threadKey(read),
		Author: importedPerson(read.Author),
		At:     read.At, Title: read.Title, Body: read.Body,
		Public: read.Visibility == "public", SeenBy: read.SeenBy,
	}
	for _, c := range read.Comments {
		in.Comments = append(in.Comments, forum.ImportedComment{Author: importedPerson(c.Author), At: c.At, Body: c.Body})
	}
	return in
}

// threadKey tells a thread from others: what was opened by whom, when. A later
// transcript of the same thread, with more comments, has the same key.
func threadKey(read *transcript.Thread) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{read.Title, read.Author.Name, read.At.UTC().Format(time.RFC3339)}, "\x00")))
	return "transcript:" + hex.EncodeToString(sum[:12])
}

func importedPerson(p transcript.Person) forum.ImportedPerson {
	return forum.ImportedPerson{Key: "transcript:" + p.Name + "|" + p.Affiliation, Name: p.Name, Affiliation: p.Affiliation}
}
