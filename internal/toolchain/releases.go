package toolchain

import "runtime"

// Release is an archive that the TinyGo project publishes for one system.
type Release struct {
	Version string
	Name    string // of the archive
	SHA256  string

	newestGo int // 26: it takes Go up to 1.26
}

// version of the releases below, the one that Studio's tests run with, and newestGo from its builder/config.go.
const (
	version  = "0.41.1"
	newestGo = 26
)

// releases has every system for which the hash of the archive is known from two
// places at least; the others get no offer. A new version needs new hashes:
// those that GitHub shows beside the release's files, compared with a
// packager's. These come from
//   - linux/amd64: Arch Linux' tinygo-bin, and several builds of others that
//     fetch the official archive and check it at every run (one with Bazel);
//   - linux/arm64, darwin/amd64, darwin/arm64: the same builds;
//   - windows/amd64: a copy of Scoop's main bucket, and gosx's build for Windows.
//
// A mistyped hash refuses the right archive; it lets no other one in.
var releases = map[string]Release{
	"linux/amd64":   {version, "tinygo0.41.1.linux-amd64.tar.gz", "e156d1d93a376eef639a4143d13be07e8c463fb6cf2d7d447698ed4474d23e91", newestGo},
	"linux/arm64":   {version, "tinygo0.41.1.linux-arm64.tar.gz", "789733bc3b5bace0bd1835a267b3ea267804a7ef1cfe69bc522c295f5226d624", newestGo},
	"darwin/amd64":  {version, "tinygo0.41.1.darwin-amd64.tar.gz", "1a8e62a234d3aea20793ada2c4a628de96ed7533384f0f5dc3c3f2ffa84f9bab", newestGo},
	"darwin/arm64":  {version, "tinygo0.41.1.darwin-arm64.tar.gz", "c684d154d89a452cc9c7fc5dc5fc80cb6a42445b3e44b3c12ed048692de0f341", newestGo},
	"windows/amd64": {version, "tinygo0.41.1.windows-amd64.zip", "56b8ccf2c705b6a5da14b319ecffc73db2850cd5d09681d65022e604311276b5", newestGo},
}

// Offer is the version of TinyGo that Studio can install on this system, "" when there is none.
func Offer() string { return releases[runtime.GOOS+"/"+runtime.GOARCH].Version }
