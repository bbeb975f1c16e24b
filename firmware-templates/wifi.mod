module studio

go 1.24.4

require (
	github.com/soypat/cyw43439 v0.2.0
	github.com/soypat/lneto v0.4.0
	tinygo.org/x/espradio v0.3.0
)

require (
	github.com/soypat/seqs v0.0.0-20250124201400-0d65bc7c1710 // indirect
	github.com/tinygo-org/pio v0.3.0 // indirect
	golang.org/x/exp v0.0.0-20241204233417-43b7b7cde48d // indirect
)

// cyw43439 asks for a version of lneto that it builds without.
replace github.com/soypat/lneto => github.com/soypat/lneto v0.3.2
