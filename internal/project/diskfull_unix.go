//go:build unix

package project

import "syscall"

var diskFullErrors = []error{syscall.ENOSPC, syscall.EDQUOT}
