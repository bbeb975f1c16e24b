package board

import (
	"strconv"
	"studio/board/chars"
)

// JSON makes the text of a JSON object from names and their values: texts,
// numbers and bools. It fits SendJSON, SendText and Broadcast alike.
//
//	r.SendJSON(board.JSON("temperature", 21.5, "heater", true)) // {"temperature":21.5,"heater":true}
//
// What is none of these becomes null, and so does a number that JSON has no form for.
//
// Limits: the text takes its length in memory. Names and values come in pairs;
// there are no lists or objects within it.
func JSON(namesAndValues ...any) string {
	b := []byte{'{'}
	for i := 0; i < len(namesAndValues); i += 2 {
		if i > 0 {
			b = append(b, ',')
		}
		name, _ := namesAndValues[i].(string)
		b = append(appendText(b, name), ':')
		var value any
		if i+1 < len(namesAndValues) {
			value = namesAndValues[i+1]
		}
		b = appendValue(b, value)
	}
	return string(append(b, '}'))
}

func appendValue(b []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return appendText(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int8:
		return strconv.AppendInt(b, int64(v), 10)
	case int16:
		return strconv.AppendInt(b, int64(v), 10)
	case int32:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case uint:
		return strconv.AppendUint(b, uint64(v), 10)
	case uint8:
		return strconv.AppendUint(b, uint64(v), 10)
	case uint16:
		return strconv.AppendUint(b, uint64(v), 10)
	case uint32:
		return strconv.AppendUint(b, uint64(v), 10)
	case uint64:
		return strconv.AppendUint(b, v, 10)
	case float32:
		return appendFloat(b, float64(v), 32)
	case float64:
		return appendFloat(b, v, 64)
	}
	return append(b, "null"...)
}

func appendFloat(b []byte, v float64, bits int) []byte {
	if v-v != 0 { // not a number, or infinite
		return append(b, "null"...)
	}
	form := byte('f')
	if size := max(v, -v); size >= 1e15 || size < 1e-5 && size > 0 {
		form = 'e'
	}
	return strconv.AppendFloat(b, v, form, -1, bits)
}

// appendText appends a JSON string.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', chars.HexDigits[c>>4], chars.HexDigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
