package bridge

import (
	"strconv"
	"strings"
)

// CloseText says in words why a WebSocket was closed (RFC 6455 section 7.4.1
// and the IANA registry of close codes).
func CloseText(code int) string {
	switch code {
	case 1000:
		return "closed normally"
	case 1001:
		return "the other side went away (page left, program stopped)"
	case 1002:
		return "a frame broke the WebSocket rules"
	case 1003:
		return "this kind of message is not accepted"
	case 1005:
		return "closed without giving a reason"
	case 1006:
		return "the connection was lost without a goodbye"
	case 1007:
		return "a text message was not valid UTF-8"
	case 1008:
		return "a message was against the rules of the other side"
	case 1009:
		return "a message was too long"
	case 1010:
		return "an extension that was needed is missing"
	case 1011:
		return "the program ran into an error"
	case 1012:
		return "the program restarts"
	case 1013:
		return "too busy, try again later"
	case 1014:
		return "a gateway got a bad answer"
	case 1015:
		return "the secure connection could not be made"
	}
	switch {
	case code >= 3000 && code <= 3999:
		return "closed with code " + strconv.Itoa(code) + ", which a library has given a meaning"
	case code >= 4000 && code <= 4999:
		return "closed with code " + strconv.Itoa(code) + ", which the program itself has given a meaning"
	}
	return "closed with code " + strconv.Itoa(code) + ", which is not a valid one"
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
