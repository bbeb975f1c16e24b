package virtual

import "syscall"

// dieWithParent lets the program end with Studio, however Studio ends.
func dieWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }
