package project

import (
	"crypto/sha256"
	"encoding/hex"
)

// Hash names a content: the first 16 bytes of its SHA-256 in lower-case hex, as the device link does.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:16])
}

// wholeHash names contents that are kept.
func wholeHash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
