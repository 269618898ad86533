package group

// PictureLimit bounds an uploaded picture of a group, in bytes.
const PictureLimit = 5 << 20

// PicturePath is the address of the group's picture; empty where it has none. It
// holds the checksum, so that another picture is another address.
func (g Group) PicturePath() string {
	if g.Picture == "" {
		return ""
	}
	return "/g/" + g.Handle + "/picture/" + g.Picture
}
