// This file gives the tests of other packages what only tests need.

package gitstore

// Unmapped makes the store read packs as where files cannot be mapped.
func (s *Store) Unmapped() { s.files.unmapped = true }
