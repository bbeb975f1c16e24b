module studio

go 1.24.4

require (
	tinygo.org/x/drivers v0.36.0
	tinygo.org/x/tinydraw v0.4.0
	tinygo.org/x/tinyfont v0.6.0
)

require (
	github.com/orsinium-labs/tinymath v1.1.0 // indirect
	github.com/tinygo-org/pio v0.3.0 // indirect
	golang.org/x/exp v0.0.0-20241204233417-43b7b7cde48d // indirect
)
