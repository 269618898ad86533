package poll

import (
	"context"

	"plenary/pkg/access"
	"plenary/pkg/forum"
)

// Picture finds the file of an option's picture for whoever may see the poll, also
// where they may not read the discussion around it. Of other files it tells what
// forum.File tells, so that one's own can be looked at while options are written.
// Errors: as for Poll and forum.File.
func (p *Polls) Picture(ctx context.Context, who access.Actor, id, file int64) (forum.File, error) {
	found, err := p.Poll(ctx, who, id)
	if err != nil {
		return forum.File{}, err
	}
	if hasPicture(found.Options, file) {
		return p.forum.FileByID(ctx, file)
	}
	return p.forum.File(ctx, who, file)
}
