// This file tells which shard an object or a name of a history is in.

package source

import (
	"hash/fnv"

	"github.com/klaviyolint/klaviyolint/scanner"
	"github.com/klaviyolint/klaviyolint/scanner/gitstore"
)

// objectIn tells whether an object is in the shard: by its ID alone, so that every copy of a repository is split in the
// same way, however it is packed. What has no ID is in every one.
func objectIn(s scanner.Shard, id gitstore.ID) bool { return id.IsZero() || s.Has(id.Hash()) }

// nameIn tells whether the name of a file or a ref is in the shard.
func nameIn(s scanner.Shard, name []byte) bool {
	h := fnv.New64a()
	h.Write(name)
	return s.Has(h.Sum64())
}
