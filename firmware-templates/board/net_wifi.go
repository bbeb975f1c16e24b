//go:build tinygo && wifi

package board

import "github.com/soypat/lneto/x/xnet"

var ethernet xnet.StackAsync

func openNetwork(s *server) { _ = ethernet.Hostname() }
