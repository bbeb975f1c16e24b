#include "textflag.h"

// func peek(at uintptr) uint64
TEXT ·peek(SB), NOSPLIT, $0-16
	MOVD at+0(FP), R0
	MOVD (R0), R1
	MOVD R1, ret+8(FP)
	RET
