//go:build !linux && !darwin

package blob

// Free is how many bytes the disk of the folder still takes. known is false where
// the system does not tell.
func (s *Store) Free() (bytes int64, known bool, err error) { return 0, false, nil }
