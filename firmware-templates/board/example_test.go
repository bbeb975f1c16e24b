package board_test

import (
	"strconv"
	"time"

	"studio/board"
)

// The examples of Studio's reference: each is a main of its own when somebody
// tries it in a new project, and what stands before its board.Serve() is what
// goes into a program. What is said above one stands above its program: what
// there is to see, with the page of the template Echo, which sends what is
// typed and shows what is answered.

// Press BOOT on the board, or in the picture of it.
func ExampleButton() {
	board.Button.OnChange(func(level bool) {
		pressed := !level // the pin is low while the button is pressed
		board.LED.Set(pressed)
	})
	board.Serve()
}

// The board's own LED blinks.
func ExampleLED() {
	board.Every(500*time.Millisecond, func() {
		board.LED.Toggle()
	})
	board.Serve()
}

// An LED at pin 4 goes on: connect it with a resistor to pin 4 and GND.
func ExamplePin() {
	board.Pin(4).High()
	board.Serve()
}

// The LED lights.
func ExamplePin_High() {
	board.LED.High()
	board.Serve()
}

// The LED is dark.
func ExamplePin_Low() {
	board.LED.Low()
	board.Serve()
}

// Send on or off: the LED follows.
func ExamplePin_Set() {
	board.OnText(func(from *board.Client, msg string) {
		board.LED.Set(msg == "on")
	})
	board.Serve()
}

// The LED changes with every message.
func ExamplePin_Toggle() {
	board.OnText(func(from *board.Client, msg string) {
		board.LED.Toggle()
	})
	board.Serve()
}

// Send a number from 0 to 100: how bright the LED is.
func ExamplePin_Duty() {
	board.OnText(func(from *board.Client, msg string) {
		if percent, err := strconv.Atoi(msg); err == nil {
			board.LED.Duty(percent)
		}
	})
	board.Serve()
}

// A button between pin 5 and GND is looked at ten times a second.
func ExamplePin_Input() {
	button := board.Pin(5)
	button.Input(board.PullUp)
	board.Every(100*time.Millisecond, func() {
		board.LED.Set(!button.Get()) // low while it is pressed
	})
	board.Serve()
}

// Send anything: the answer tells whether BOOT is pressed.
func ExamplePin_Get() {
	board.OnText(func(from *board.Client, msg string) {
		if board.Button.Get() {
			from.SendText("The button is up")
		} else {
			from.SendText("The button is pressed")
		}
	})
	board.Serve()
}

// Pages hear of every press of a button between pin 5 and GND.
func ExamplePin_OnChange() {
	board.Pin(5).OnChange(func(level bool) {
		if !level {
			board.Broadcast("pressed")
		}
	})
	board.Serve()
}

// A sensor that connects pin 6 to plus when it sees something.
func ExamplePull() {
	sensor := board.Pin(6)
	sensor.Input(board.PullDown)
	sensor.OnChange(func(level bool) {
		board.LED.Set(level)
	})
	board.Serve()
}

// On a board without an LED of its own, an LED at pin 4 takes its place.
func ExampleNoPin() {
	lamp := board.LED
	if lamp == board.NoPin {
		lamp = board.Pin(4)
	}
	lamp.High()
	board.Serve()
}

// Send ledon or ledoff, in small letters or large ones.
func ExampleOnText() {
	board.OnText(func(from *board.Client, msg string) {
		switch board.Fold(msg) {
		case "ledon":
			board.LED.High()
		case "ledoff":
			board.LED.Low()
		}
		from.SendText("Reply for " + msg)
	})
	board.Serve()
}

// Send anything: it comes back.
func ExampleClient_SendText() {
	board.OnText(func(from *board.Client, msg string) {
		from.SendText("You said " + msg)
	})
	board.Serve()
}

// Open the page twice: what one sends, both get.
func ExampleBroadcast() {
	board.OnText(func(from *board.Client, msg string) {
		board.Broadcast(msg)
	})
	board.Serve()
}

// The LED lights while a page is open.
func ExampleClients() {
	board.Every(time.Second, func() {
		board.LED.Set(board.Clients() > 0)
	})
	board.Serve()
}

// A page that has just opened is greeted.
func ExampleOnAccept() {
	board.OnAccept(func(who *board.Client) {
		who.SendText("Hello!")
	})
	board.Serve()
}

// Close the page: the LED goes out.
func ExampleOnClosed() {
	board.OnClosed(func(who *board.Client) {
		board.LED.Low()
	})
	board.Serve()
}

// Each page has a counter of its own.
func ExampleClient() {
	board.OnText(func(from *board.Client, msg string) {
		count, _ := from.Value.(int)
		count++
		from.Value = count
		from.SendText("Your message number " + strconv.Itoa(count))
	})
	board.Serve()
}

// Open the page twice: the pages are told apart by their numbers.
func ExampleClient_ID() {
	board.OnText(func(from *board.Client, msg string) {
		board.Broadcast("Guest " + strconv.Itoa(from.ID()) + ": " + msg)
	})
	board.Serve()
}

// The console says what a page has asked for.
func ExampleClient_Path() {
	board.OnAccept(func(who *board.Client) {
		println("A page is here by", who.Path())
	})
	board.Serve()
}

// Send bye: the board ends the connection.
func ExampleClient_Close() {
	board.OnText(func(from *board.Client, msg string) {
		if msg == "bye" {
			from.Close(board.CloseNormal, "Good bye")
		}
	})
	board.Serve()
}

// Close the page: the console says why it is gone.
func ExampleClient_Code() {
	board.OnClosed(func(who *board.Client) {
		switch who.Code() {
		case board.CloseNormal, board.CloseGoingAway, board.CloseNoCode:
			println("The page was closed")
		case board.CloseLost:
			println("The connection was lost")
		default:
			println("It ended with code", who.Code())
		}
	})
	board.Serve()
}

// The console says when a page could not keep up.
func ExampleClient_Dropped() {
	board.OnClosed(func(who *board.Client) {
		println("Messages that were left out:", who.Dropped())
	})
	board.Serve()
}

// What a page sends as bytes comes back as it was: see the Messages panel, which can send bytes.
func ExampleOnBinary() {
	board.OnBinary(func(from *board.Client, msg []byte) {
		if len(msg) > 0 && msg[0] == 1 {
			board.LED.High()
		}
		from.SendBinary(msg)
	})
	board.Serve()
}

// Each message is answered with its bytes.
func ExampleClient_SendBinary() {
	board.OnText(func(from *board.Client, msg string) {
		from.SendBinary([]byte{byte(len(msg)), 0xff})
	})
	board.Serve()
}

// The LED follows messages that take no memory, however many come.
func ExampleOnTextBytes() {
	board.OnTextBytes(func(from *board.Client, msg []byte) {
		board.LED.Set(len(msg) > 0 && msg[0] == '1')
	})
	board.Serve()
}

// Pages get 50 numbers a second, and the board's memory stays as it is.
func ExampleBroadcastBytes() {
	count, text := 0, make([]byte, 0, 20)
	board.Every(20*time.Millisecond, func() {
		count++
		text = strconv.AppendInt(text[:0], int64(count), 10)
		board.BroadcastBytes(text)
	})
	board.Serve()
}

// Messages of /chat are for /chat alone: in the Messages panel, connect to the path /chat.
func ExampleOnSocket() {
	board.OnSocket("/chat", func(from *board.Client, msg string) {
		board.BroadcastTo("/chat", msg)
	})
	board.Serve()
}

// Pages that have opened /clock get the seconds since the start.
func ExampleBroadcastTo() {
	start := time.Now()
	board.OnSocket("/clock", func(from *board.Client, msg string) {
		start = time.Now() // a message sets it back
	})
	board.Every(time.Second, func() {
		seconds := int(time.Since(start) / time.Second)
		board.BroadcastTo("/clock", strconv.Itoa(seconds))
	})
	board.Serve()
}

// A page that asks for new WebSocket(address, "chat.v2") gets that protocol.
func ExampleProtocols() {
	board.Protocols("chat.v2", "chat.v1")
	board.OnAccept(func(who *board.Client) {
		println("They speak", who.Protocol())
	})
	board.Serve()
}

// The console says which protocol a page and the program have agreed on.
func ExampleClient_Protocol() {
	board.Protocols("json")
	board.OnAccept(func(who *board.Client) {
		if who.Protocol() == "" {
			println("This page has asked for no protocol")
		}
	})
	board.Serve()
}

// The LED blinks twice a second, and everything else goes on.
func ExampleEvery() {
	board.Every(250*time.Millisecond, func() {
		board.LED.Toggle()
	})
	board.Serve()
}

// Sleep waits. Everything else waits, too, when a callback does: that is what
// board.Every is for. Before board.Serve it does no harm.
//
// Limits: a callback that waits for 8 s restarts the board.
func Example_sleep() {
	for i := 0; i < 3; i++ {
		board.LED.High()
		time.Sleep(200 * time.Millisecond)
		board.LED.Low()
		time.Sleep(200 * time.Millisecond)
	}
	board.Serve()
}

// Now is the time of the moment; the difference of two is how long something
// took. A board does not know the date.
//
// Limits: takes microseconds.
func Example_now() {
	start := time.Now()
	board.OnText(func(from *board.Client, msg string) {
		seconds := int(time.Since(start) / time.Second)
		from.SendText("Running for " + strconv.Itoa(seconds) + " s")
	})
	board.Serve()
}

// AfterFunc calls a function once, later. The function runs beside the callbacks:
// let it switch pins or send, and keep variables for callbacks alone.
//
// Limits: each costs some memory until it has been called.
func Example_afterFunc() {
	board.OnText(func(from *board.Client, msg string) {
		board.LED.High()
		time.AfterFunc(2*time.Second, func() {
			board.LED.Low()
		})
	})
	board.Serve()
}

// The builtin println writes values to the console, with spaces between them
// and a new line at the end. It needs no import.
//
// Limits: the serial line takes some 11 characters in a millisecond at 115200
// baud; a program that prints without end does little else.
func Example_println() {
	presses := 0
	board.Button.OnChange(func(level bool) {
		if !level {
			presses++
			println("Pressed", presses, "times")
		}
	})
	board.Serve()
}

// Itoa makes a text of a whole number, to be sent or put together with others.
//
// Limits: numbers from 100 on take their length in memory.
func Example_itoa() {
	number := 42
	board.OnAccept(func(who *board.Client) {
		who.SendText("The answer is " + strconv.Itoa(number))
	})
	board.Serve()
}

// Atoi makes a whole number of a text, such as one that a page has sent. Its
// second result says what is wrong with the text; nil: nothing.
//
// Limits: digits with a sign before them, no spaces and no point.
func Example_atoi() {
	board.OnText(func(from *board.Client, msg string) {
		number, err := strconv.Atoi(msg)
		if err != nil {
			from.SendText("Send a number")
		} else {
			from.SendText("Twice that is " + strconv.Itoa(2*number))
		}
	})
	board.Serve()
}

// Write on or off into the console.
func ExampleOnLine() {
	board.OnLine(func(line string) {
		switch line {
		case "on":
			board.LED.High()
		case "off":
			board.LED.Low()
		default:
			println("Write on or off")
		}
	})
	board.Serve()
}

// Send LEDon, LEDOn or ledon: all light the LED.
func ExampleFold() {
	board.OnText(func(from *board.Client, msg string) {
		if board.Fold(msg) == "ledon" {
			board.LED.High()
		}
	})
	board.Serve()
}

// Pages get {"led":true,"temperature":21.5} every second.
func ExampleJSON() {
	board.Every(time.Second, func() {
		degrees := float64(board.Temperature()) / 1000
		board.Broadcast(board.JSON("led", board.LED.Get(), "temperature", degrees))
	})
	board.Serve()
}

// Pages get the temperature every second. On the virtual board, hold BOOT to warm it.
func ExampleTemperature() {
	board.Every(time.Second, func() {
		degrees := board.Temperature() / 1000
		board.Broadcast(strconv.Itoa(degrees) + " °C")
	})
	board.Serve()
}

// The console says what the temperature comes from.
func ExampleThermometer() {
	println("The thermometer is", board.Thermometer)
	board.Serve()
}

// Open /led?state=on and /led?state=off behind the page's address.
func ExampleOnRequest() {
	board.OnRequest("/led", func(r *board.Request) {
		board.LED.Set(r.Value("state") == "on")
		r.SendText("The LED is " + r.Value("state"))
	})
	board.Serve()
}

// Open /hello?name=Ada behind the page's address.
func ExampleRequest() {
	board.OnRequest("/hello", func(r *board.Request) {
		r.SendText("Hello " + r.Value("name"))
	})
	board.Serve()
}

// Open /add?a=2&b=3 behind the page's address.
func ExampleRequest_Value() {
	board.OnRequest("/add", func(r *board.Request) {
		a, _ := strconv.Atoi(r.Value("a"))
		b, _ := strconv.Atoi(r.Value("b"))
		r.SendText(strconv.Itoa(a + b))
	})
	board.Serve()
}

// Open /fade and /fade?percent=20 behind the page's address.
func ExampleRequest_Has() {
	board.OnRequest("/fade", func(r *board.Request) {
		percent := 50
		if r.Has("percent") {
			percent, _ = strconv.Atoi(r.Value("percent"))
		}
		board.LED.Duty(percent)
	})
	board.Serve()
}

// Open /search?q=led behind the page's address.
func ExampleRequest_Query() {
	board.OnRequest("/search", func(r *board.Request) {
		r.SendText("You look for " + r.Query("q"))
	})
	board.Serve()
}

// Open /form behind the page's address, write a name and send it.
func ExampleRequest_Form() {
	board.OnRequest("GET /form", func(r *board.Request) {
		r.SendHTML(`<form method="post"><input name="name"><button>Send</button></form>`)
	})
	board.OnRequest("POST /form", func(r *board.Request) {
		r.SendText("Hello " + r.Form("name"))
	})
	board.Serve()
}

// A page sends it by fetch("/led", {method: "POST", body: JSON.stringify({on: true})}).
func ExampleRequest_JSON() {
	board.OnRequest("POST /led", func(r *board.Request) {
		board.LED.Set(r.JSON("on") == "true")
		r.SendJSON(board.JSON("on", board.LED.Get()))
	})
	board.Serve()
}

// What a page sends by fetch("/note", {method: "POST", body: text}) is shown on the console.
func ExampleRequest_Body() {
	board.OnRequest("POST /note", func(r *board.Request) {
		println(r.Body())
	})
	board.Serve()
}

// Open /files/a and /files/b/c behind the page's address.
func ExampleRequest_Path() {
	board.OnRequest("/files/", func(r *board.Request) {
		r.SendText("You have asked for " + r.Path())
	})
	board.Serve()
}

// Open /state behind the page's address: that is a GET.
func ExampleRequest_Method() {
	board.OnRequest("/state", func(r *board.Request) {
		if r.Method() == "POST" {
			board.LED.Toggle()
		}
		r.SendText(r.Method() + " was asked")
	})
	board.Serve()
}

// Open /secret behind the page's address.
func ExampleRequest_SetStatus() {
	board.OnRequest("/secret", func(r *board.Request) {
		r.SetStatus(403)
		r.SendText("This is not for you")
	})
	board.Serve()
}

// Open /time behind the page's address.
func ExampleRequest_SendText() {
	start := time.Now()
	board.OnRequest("/time", func(r *board.Request) {
		seconds := int(time.Since(start) / time.Second)
		r.SendText(strconv.Itoa(seconds) + " s since the start")
	})
	board.Serve()
}

// Open /button behind the page's address, and load it again while BOOT is pressed.
func ExampleRequest_SendHTML() {
	board.OnRequest("/button", func(r *board.Request) {
		word := "up"
		if !board.Button.Get() {
			word = "pressed"
		}
		r.SendHTML("<h1>The button is " + word + "</h1>")
	})
	board.Serve()
}

// Open /api/state behind the page's address.
func ExampleRequest_SendJSON() {
	board.OnRequest("GET /api/state", func(r *board.Request) {
		r.SendJSON(board.JSON("led", board.LED.Get(), "clients", board.Clients()))
	})
	board.Serve()
}

// Open /values.csv behind the page's address: a spreadsheet reads it.
func ExampleRequest_Send() {
	board.OnRequest("/values.csv", func(r *board.Request) {
		r.Send("text/csv", "second,degrees\n1,21\n2,22\n")
	})
	board.Serve()
}

// Open /on behind the page's address: the LED lights, and the first page is shown again.
func ExampleRequest_Redirect() {
	board.OnRequest("/on", func(r *board.Request) {
		board.LED.High()
		r.Redirect("/")
	})
	board.Serve()
}

// Pages of http://192.168.1.20:8000 may read /temperature, too.
func ExampleAllowOrigin() {
	board.AllowOrigin("http://192.168.1.20:8000")
	board.OnRequest("/temperature", func(r *board.Request) {
		r.SendText(strconv.Itoa(board.Temperature() / 1000))
	})
	board.Serve()
}

// A page hears the seconds: new EventSource("/seconds").onmessage = (event) => { … event.data … }
func ExampleEvents() {
	seconds := board.Events("/seconds")
	count := 0
	board.Every(time.Second, func() {
		count++
		seconds.Send(strconv.Itoa(count))
	})
	board.Serve()
}

// Another board's LED: its program is the template LED, and its address stands beside its picture.
func ExampleDial() {
	other := board.Dial("ws://192.168.1.20/ws", func(from *board.Client, msg string) {
		println("the other board says: " + msg)
	})
	board.Button.OnChange(func(level bool) {
		if level {
			other.SendText("LEDoff")
		} else {
			other.SendText("LEDon")
		}
	})
	board.Serve()
}

// The server is greeted each time that the connection is there.
func ExampleOnConnect() {
	board.Dial("ws://192.168.1.20/ws", nil)
	board.OnConnect(func(to *board.Client) {
		to.SendText("Here I am.")
	})
	board.OnText(func(from *board.Client, msg string) {
		println(msg)
	})
	board.Serve()
}

// Two paths at which pages listen, in one variable each.
func ExampleEventStream() {
	var seconds, button *board.EventStream
	seconds = board.Events("/seconds")
	button = board.Events("/button")
	board.Button.OnChange(func(level bool) {
		button.Send("pressed or let go")
	})
	board.Every(time.Second, func() { seconds.Send("tick") })
	board.Serve()
}

// All pages that listen hear when the button is pressed or let go.
func ExampleEventStream_Send() {
	events := board.Events("/button")
	board.Button.OnChange(func(level bool) {
		events.Send("pressed or let go")
	})
	board.Serve()
}

// Nothing is measured as long as nobody listens.
func ExampleEventStream_Listeners() {
	events := board.Events("/temperature")
	board.Every(time.Second, func() {
		if events.Listeners() > 0 {
			events.Send(strconv.Itoa(board.Temperature() / 1000))
		}
	})
	board.Serve()
}

// The page is served, and nothing else happens.
func ExampleServe() {
	board.Serve()
}

// The LED blinks in a loop of the program's own, and the page is served beside it.
func ExampleStart() {
	board.Start()
	for {
		board.LED.Toggle()
		time.Sleep(500 * time.Millisecond)
	}
}

// Messages may have 1000 bytes instead of 256.
func ExampleConfigure() {
	board.Configure(board.Limits{MaxMessage: 1000})
	board.OnText(func(from *board.Client, msg string) {
		from.SendText("That was " + strconv.Itoa(len(msg)) + " bytes")
	})
	board.Serve()
}

// Two pages at a time, and forms of 4000 bytes.
func ExampleLimits() {
	limits := board.Limits{Clients: 2, MaxRequest: 4000}
	board.Configure(limits)
	board.Serve()
}

// The console says which runtime the program has.
func ExampleVersion() {
	println("Runtime", board.Version)
	board.Serve()
}
