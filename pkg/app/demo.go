package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"plenary/pkg/demo"
)

// demoTakes is how long filling may take on a slow and busy machine; otherwise
// it is done within a second or two.
const demoTakes = 2 * time.Minute

// fillDemo fills the forum for its first administrator, who becomes a moderator
// of the made-up groups. It goes on when the request that asked for it has come
// to its end, as half an assembly is of no use to anybody.
func (s *Server) fillDemo(ctx context.Context, guest int64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), demoTakes)
	defer cancel()
	_, err := s.playDemo(ctx, guest)
	return err
}

func (r *Rooms) playDemo(ctx context.Context, guest int64) (demo.Guide, error) {
	r.closing.Lock()
	defer r.closing.Unlock()
	return demo.Fill(ctx, r.DB, demo.Options{Random: rand.Reader, Schedule: r.closeLater, Now: r.Now(), Guest: guest})
}

// FillDemo fills an empty forum from the command line, where nobody takes part,
// and says what was made and how to get in.
func FillDemo(ctx context.Context, r *Rooms) (string, error) {
	g, err := r.playDemo(ctx, 0)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`Made: %d people in %d groups, %d threads, %d comments, %d themes, %d polls.
Look first at %s; what is public can be read without an account.
Nobody of the made-up people can sign in. To take part, add yourself:
  plenary user add --email you@example.org --name "Your Name" --handle you --password-stdin
  plenary group join --group %s --user you --role moderator`,
		g.People, len(g.Groups), g.Threads, g.Comments, g.Themes, g.Polls, g.Start, g.Groups[0]), nil
}
