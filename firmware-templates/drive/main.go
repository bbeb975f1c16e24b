// Drive: a joystick on a web page drives a robot car with two motors.
//
// A pin cannot feed a motor: between them belongs a motor driver,
// such as a DRV8833, an MX1508 or an L298N, with a battery of its
// own. Connect its four inputs to the pins below, and its GND to the
// board's GND. If a wheel turns the wrong way, swap its two pins.
package main

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"studio/board"
)

const (
	leftForward   board.Pin = 3
	leftBackward  board.Pin = 4
	rightForward  board.Pin = 5
	rightBackward board.Pin = 6
)

// patience is how long the motors go on without a word from the page.
// While somebody holds the joystick the page says something ten times
// a second.
const patience = 250 * time.Millisecond

// car is what two goroutines share: the server's, which calls the
// functions in main, and the guard's. Who uses it holds mu.
var car struct {
	mu      sync.Mutex
	driver  int       // the ID of who drives; 0: nobody
	heard   time.Time // when the driver last said something
	silence time.Duration
}

func main() {
	stop()
	println("Waiting for a driver")

	board.OnAccept(func(who *board.Client) {
		who.SendText("you " + strconv.Itoa(who.ID()))
		who.SendText(driver())
	})

	board.OnText(func(from *board.Client, msg string) {
		left, right, ok := speeds(msg)
		if !ok {
			from.SendText("? Say drive and two numbers from -100 to 100, such as: drive 40 -20")
			return
		}
		taken, changed := drive(from.ID(), left, right)
		if changed {
			board.Broadcast(driver())
		} else if taken {
			from.SendText(driver())
		}
	})

	// The driver's page is gone: no need to wait for silence.
	board.OnClosed(func(who *board.Client) {
		if _, changed := drive(who.ID(), 0, 0); changed {
			println("Stopped: the driver is gone")
			board.Broadcast(driver())
		}
	})

	// The guard stops the motors. This tells about it, because
	// telling may take long when a page is hard to reach, and the
	// guard has no time.
	board.Every(50*time.Millisecond, func() {
		car.mu.Lock()
		silence := car.silence
		car.silence = 0
		car.mu.Unlock()
		if silence > 0 {
			println("Stopped: nothing heard for " + strconv.Itoa(int(silence/time.Millisecond)) + " ms")
			board.Broadcast(driver())
		}
	})

	go guard()
	board.Serve()
}

// guard stops the motors when the driver has been silent for too
// long: the connection is lost, the page sleeps, or its computer is
// off.
func guard() {
	for {
		time.Sleep(20 * time.Millisecond)
		car.mu.Lock()
		if silence := time.Since(car.heard); car.driver != 0 && silence > patience {
			stop()
			car.driver, car.silence = 0, silence
		}
		car.mu.Unlock()
	}
}

// drive sets the motors' speeds for a client. taken: somebody else
// drives. changed: the client has begun or ended to drive. It ends by
// standing still.
func drive(id, left, right int) (taken, changed bool) {
	car.mu.Lock()
	defer car.mu.Unlock()
	moves := left != 0 || right != 0
	if car.driver != id && (car.driver != 0 || !moves) {
		return car.driver != 0, false
	}
	was := car.driver
	car.driver, car.heard = 0, time.Now()
	if moves {
		car.driver = id
	}
	motor(leftForward, leftBackward, left)
	motor(rightForward, rightBackward, right)
	return false, car.driver != was
}

func stop() {
	motor(leftForward, leftBackward, 0)
	motor(rightForward, rightBackward, 0)
}

// motor turns one motor, backward when the speed is negative.
func motor(forward, backward board.Pin, speed int) {
	forward.Duty(speed) // less than nothing is nothing
	backward.Duty(-speed)
}

// driver is what pages are told: "driver 3", or "driver 0" when
// nobody drives.
func driver() string {
	car.mu.Lock()
	defer car.mu.Unlock()
	return "driver " + strconv.Itoa(car.driver)
}

// speeds reads "drive 40 -20".
func speeds(msg string) (left, right int, ok bool) {
	numbers, ok := strings.CutPrefix(msg, "drive ")
	a, b, _ := strings.Cut(numbers, " ")
	left, err := strconv.Atoi(a)
	right, err2 := strconv.Atoi(b)
	return left, right, ok && err == nil && err2 == nil && max(left, -left, right, -right) <= 100
}
