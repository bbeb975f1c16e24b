// Data logger: the board measures every second and keeps the last
// 600 values, also while no page is open. The page shows them, and
// offers them as a file for a spreadsheet.
package main

import (
	"strconv"
	"time"

	"studio/board"
)

const keep = 600 // ten minutes

var (
	values [keep]int32 // thousandths of a degree
	count  int         // measured so far
	text   []byte      // written again for every value
)

func main() {
	board.Every(time.Second, func() {
		values[count%keep] = int32(board.Temperature())
		count++
		text = appendLine(text[:0], count-1)
		board.BroadcastBytes(text)
	})

	// A page that has just opened gets the last ten.
	board.OnAccept(func(who *board.Client) {
		for i := max(0, count-10); i < count; i++ {
			who.SendText(string(appendLine(nil, i)))
		}
	})

	board.OnRequest("GET /log.csv", func(r *board.Request) {
		all := make([]byte, 0, 16*min(count, keep)+32)
		all = append(all, "second,degrees\n"...)
		for i := max(0, count-keep); i < count; i++ {
			all = append(appendLine(all, i), '\n')
		}
		r.Send("text/csv", string(all))
	})

	board.Serve()
}

// appendLine adds a value's line, such as 17,21.437: seconds since
// the start, degrees.
func appendLine(to []byte, i int) []byte {
	v := int64(values[i%keep])
	to = strconv.AppendInt(to, int64(i), 10)
	to = append(to, ',')
	if v < 0 {
		to = append(to, '-')
		v = -v
	}
	to = strconv.AppendInt(to, v/1000, 10)
	part := v % 1000
	return append(to, '.', byte('0'+part/100), byte('0'+part/10%10), byte('0'+part%10))
}
