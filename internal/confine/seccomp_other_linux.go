//go:build linux && !amd64 && !arm64

package confine

// On these machines nobody has tried which system calls a program needs.

type ticket [3]uint64

func seccompThere() bool { return false }

func filter(order, bool, ticket) error { return nil }
