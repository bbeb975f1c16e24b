package main

import (
	"studioide/internal/board"
	"studioide/internal/devlink"
	"studioide/internal/flasher"
	"studioide/internal/flasher/image"
	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errChanged             = problem.Define1[string]("board.changed", problem.Conflict, problem.ChoosePort, "port")
	errNoPage              = problem.Define("board.no-page", problem.Unsupported, problem.FixProgram)
	errMissing             = problem.Define("doctor.missing", problem.NotReady, problem.InstallTool)
	errFileTooLarge        = problem.Define1[string]("files.too-large", problem.TooLarge, problem.PickFile, "file")
	errFileUnreadable      = problem.Define1[string]("files.unreadable", problem.BadInput, problem.Correct, "file")
	errNoFileOnBoard       = problem.Define1[string]("files.not-found", problem.NotFound, problem.Correct, "file")
	errNothingToFlash      = problem.Define1[string]("flash.not-found", problem.NotFound, problem.Correct, "name")
	errUnreadable          = problem.Define1[string]("flash.unreadable", problem.BadInput, problem.Correct, "name")
	errImageTooLarge       = problem.Variant1[string](flasher.ErrTooLarge, "any", problem.PickFile, "file")
	errElsewhere           = problem.Define2[string, string]("board.elsewhere", problem.BadUsage, problem.ChoosePort, "port", "board")
	errElsewhereReal       = problem.Variant1[string](errElsewhere, "real", problem.Correct, "port")
	errNoStudio            = problem.Define("studio.none", problem.NotReady, problem.StartStudio)
	errNoOutput            = problem.Define1[string]("build.no-output", problem.BadInput, problem.FreeDisk, "file")
	errNoOutputFull        = problem.Variant1[string](errNoOutput, "full", problem.FreeDisk, "file")
	errHangs               = problem.Define("serve.hangs", problem.Unavailable, problem.CloseOther)
	errRunning             = problem.Define1[string]("serve.running", problem.Busy, problem.CloseOther, "url")
	errBadAddress          = problem.Define1[string]("serve.bad-address", problem.BadUsage, problem.Correct, "address")
	errBadAddressElsewhere = problem.Variant1[string](errBadAddress, "elsewhere", problem.Correct, "host")
	errBadAddressPort      = problem.Variant1[string](errBadAddress, "port", problem.Correct, "port")
	errNoListen            = problem.Define2[string, string]("serve.no-listen", problem.Unavailable, problem.Correct, "address", "free")
	errTaken               = problem.Define2[string, string]("serve.taken", problem.Busy, problem.Correct, "address", "free")
	errBadURL              = problem.Define1[string]("ws.bad-url", problem.BadUsage, problem.Correct, "address")
	errNoCertificate       = problem.Define1[string]("ws.no-certificate", problem.BadInput, problem.Correct, "file")
	errNoConnection        = problem.Define1[string]("ws.no-connection", problem.Unavailable, problem.CheckAddress, "address")
	errLost                = problem.Define("ws.lost", problem.Unavailable, problem.Retry)
	errClosed              = problem.Define1[string]("ws.closed", problem.Unavailable, problem.FixProgram, "why")
	errTestsFailed         = problem.Define2[int, int]("test.some-failed", problem.Unavailable, problem.FixProgram, "n", "count")
	errNoSteps             = problem.Define1[string]("test.no-steps", problem.BadInput, problem.Correct, "file")
	errNoPassword          = problem.Define("wifi.no-password", problem.BadInput, problem.Correct)
	errNoPasswordNone      = problem.Variant(errNoPassword, "none", problem.Correct)
	errWiFiSlow            = problem.Define1[string]("wifi.slow", problem.TimedOut, problem.Wait, "network")
	errWiFiPassword        = problem.Define1[string]("wifi.password", problem.BadInput, problem.Correct, "network")
	errWiFiNotFound        = problem.Define1[string]("wifi.not-found", problem.NotFound, problem.Correct, "network")
	errWiFiNoAddress       = problem.Define1[string]("wifi.no-address", problem.Unavailable, problem.CheckAddress, "network")
	errWiFiFailed          = problem.Define1[string]("wifi.failed", problem.Unavailable, problem.Retry, "network")
	errNoWiFi              = problem.Variant(devlink.ErrNoWiFi, "off", problem.OtherWay)

	// What is wrong with flags and arguments; the first gap is always the command.
	errUsage          = problem.Define2[string, string]("usage", problem.BadUsage, problem.ReadUsage, "command", "what")
	errUsageMissing   = problem.Variant2[string, string](errUsage, "missing", problem.ReadUsage, "command", "form")
	errUsageTooMany   = problem.Variant3[string, string, string](errUsage, "too-many", problem.ReadUsage, "command", "word", "form")
	errUsageNoCommand = problem.Variant2[string, string](errUsage, "no-command", problem.ReadUsage, "command", "word")
	errUsageNear      = problem.Variant3[string, string, string](errUsage, "near", problem.ReadUsage, "command", "word", "near")
	errUsageUnknown   = problem.Variant3[string, string, string](errUsage, "unknown", problem.ReadUsage, "command", "word", "verbs")
	errUsageVerb      = problem.Variant2[string, string](errUsage, "verb", problem.ReadUsage, "command", "verbs")
	errUsageNumber    = problem.Variant2[string, string](errUsage, "number", problem.ReadUsage, "command", "number")
	errUsageEither    = problem.Variant1[string](errUsage, "either", problem.ReadUsage, "command")
	errUsageAddress   = problem.Variant1[string](errUsage, "address", problem.ReadUsage, "command")
	errUsageJUnit     = problem.Variant1[string](errUsage, "junit", problem.ReadUsage, "command")
	errUsageDial      = problem.Variant1[string](errUsage, "dial", problem.ReadUsage, "command")
	errUsageList      = problem.Variant1[string](errUsage, "list", problem.ReadUsage, "command")

	errNoConnectionAnswer = problem.Variant1[string](errNoConnection, "answer", problem.CheckAddress, "status")
	errChooseAt           = problem.Variant1[string](board.ErrChoose, "at", problem.ChooseBoard, "port")
	errChooseOf           = problem.Variant2[string, string](board.ErrChoose, "of", problem.ChooseBoard, "port", "flags")
	errLeftOut            = problem.Define3[string, string, string]("push.left-out", problem.BadInput, problem.ChangeFiles, "path", "why", "help")
	errLeftOutMore        = problem.Variant4[string, string, int, string](errLeftOut, "more", problem.ChangeFiles, "path", "why", "more", "help")
	errEmptyImage         = image.ErrEmptyFile
)
