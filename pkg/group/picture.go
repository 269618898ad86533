package group

// PicturePath is the address of the group's picture; empty where it has none. It
// holds the checksum, so that another picture is another address.
func (g Group) PicturePath() string {
	if g.Picture == "" {
		return ""
	}
	return "/g/" + g.Handle + "/picture/" + g.Picture
}
