//go:build linux || darwin

package blob

import (
	"fmt"
	"syscall"
)

// Free is how many bytes the disk of the folder still takes. known is false where
// the system does not tell.
func (s *Store) Free() (bytes int64, known bool, err error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(s.dir, &disk); err != nil {
		return 0, false, fmt.Errorf("measure the free space of the disk: %w", err)
	}
	return int64(disk.Bavail) * int64(disk.Bsize), true, nil //nolint:gosec,unconvert // of other types on other systems
}
