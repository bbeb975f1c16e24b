package bridge

import (
	"strings"

	"studioide/ui/src/words/say"
)

// CloseText says in words why a WebSocket was closed (RFC 6455 section 7.4.1
// and the IANA registry of close codes).
func CloseText(code int) string {
	switch code {
	case 1000:
		return say.BridgeClosedNormally()
	case 1001:
		return say.BridgeTheOtherSideWentAway()
	case 1002:
		return say.BridgeAFrameBrokeWebsocketRules()
	case 1003:
		return say.BridgeThisKindMessageNotAccepted()
	case 1005:
		return say.BridgeClosedWithoutGivingReason()
	case 1006:
		return say.BridgeTheConnectionWasLostWithout()
	case 1007:
		return say.BridgeATextMessageWasNot()
	case 1008:
		return say.BridgeAMessageWasAgainstRules()
	case 1009:
		return say.BridgeAMessageWasTooLong()
	case 1010:
		return say.BridgeAnExtensionThatWasNeeded()
	case 1011:
		return say.BridgeTheProgramRanIntoError()
	case 1012:
		return say.BridgeTheProgramRestarts()
	case 1013:
		return say.BridgeTooBusyTryAgainLater()
	case 1014:
		return say.BridgeAGatewayGotBadAnswer()
	case 1015:
		return say.BridgeTheSecureConnectionCouldNot()
	}
	switch {
	case code >= 3000 && code <= 3999:
		return say.BridgeClosedWithCodeWhichLibrary(code)
	case code >= 4000 && code <= 4999:
		return say.BridgeClosedWithCodeWhichProgram(code)
	}
	return say.BridgeClosedWithCodeWhichNot(code)
}

// sendableCode reports whether a close frame may carry code (section 7.4.2).
func sendableCode(code int) bool {
	switch {
	case code >= 1000 && code <= 1003, code >= 1007 && code <= 1014, code >= 3000 && code <= 4999:
		return true
	}
	return false
}

// closeWords is a close event's text: who, why, and the reason that was given.
func closeWords(who string, code int, reason string) string {
	var b strings.Builder
	if who != "" {
		b.WriteString(who)
		b.WriteString(": ")
	}
	b.WriteString(CloseText(code))
	if reason != "" {
		b.WriteString(" (“")
		b.WriteString(reason)
		b.WriteString("”)")
	}
	return b.String()
}
