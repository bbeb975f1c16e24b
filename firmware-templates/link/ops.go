package link

// Version of the protocol that this package speaks.
const Version = 1

// ChannelCalls carries requests, replies and events; channels from 1 are streams.
const ChannelCalls = 0

// Requests. The reply to op has the number op | Reply.
const (
	OpHello      = 0x01
	OpPing       = 0x02
	OpRoot       = 0x10
	OpList       = 0x11
	OpRead       = 0x12
	OpBlocks     = 0x13
	OpOpen       = 0x14
	OpWrite      = 0x15
	OpCommit     = 0x16
	OpDelete     = 0x17
	OpFormat     = 0x18
	OpAbort      = 0x19
	OpDial       = 0x20
	OpStatus     = 0x30
	OpReset      = 0x31
	OpBootloader = 0x32
	OpPins       = 0x40
	OpWatch      = 0x41
	EventPin     = 0x42
	OpNetStatus  = 0x50
	OpNetScan    = 0x51
	OpNetJoin    = 0x52
	OpNetForget  = 0x53
	EventNet     = 0x54 // what OpNetStatus would answer now
	EventScanned = 0x55

	Reply = 0x80
)

// Status is the first byte of every result.
type Status byte

const (
	StatusDone        Status = 0
	StatusUnsupported Status = 1
	StatusBadArgument Status = 2
	StatusNotFound    Status = 3
	StatusNoSpace     Status = 4
	StatusBadOffset   Status = 5 // result: the expected offset u32
	StatusBadHash     Status = 6
	StatusFlashFailed Status = 7
	StatusBusy        Status = 8
	StatusTooLong     Status = 9
	StatusRefused     Status = 10
)

// Encodings of a WRITE's data.
const (
	EncodingRaw     = 0 // as it is
	EncodingDeflate = 1 // RFC 1951 with Dictionary before it
	EncodingCopy    = 2 // source offset u32: from the file's version on the board
)

// First byte of a record on a stream's channel.
const (
	StreamData   = 0 // bytes
	StreamCredit = 1 // u16 more may be sent
	StreamEnd    = 2 // no more data from this side
	StreamAbort  = 3 // reason u8
)

// Reasons of StreamAbort.
const (
	AbortReset   = 0 // the other end broke off
	AbortRefused = 1 // no server, or no room for another connection
	AbortCredit  = 2 // more was sent than credit was left
)

// Reset reasons in the answer to HELLO.
const (
	ResetPower    = 0
	ResetPin      = 1
	ResetSoftware = 2
	ResetWatchdog = 3
	ResetPanic    = 4
	ResetUnknown  = 255
)

// Pin modes.
const (
	PinUnused = 0
	PinInput  = 1
	PinOutput = 2
	PinDuty   = 3 // an output that is on for a part of the time; its level is that part in percent
)

// States of a board's own network.
const (
	NetOff         = 0 // the radio did not start
	NetStarting    = 1
	NetAccessPoint = 2 // its own access point is open; it knows no network to join
	NetJoining     = 3
	NetJoined      = 4
	NetFailed      = 5 // joining failed: its own access point is open
)

// Why a board is not in the network that it should join.
const (
	NetNoReason  = 0
	NetPassword  = 1 // the network refuses the password
	NetNotFound  = 2 // no such network near, or only on a band that the radio lacks
	NetNoAddress = 3 // in the network, but nobody gives out addresses
	NetLost      = 4 // was in it
	NetOther     = 5
)

// Whether a network that was found wants a password.
const (
	NetOpen    = 0
	NetSecure  = 1
	NetUnknown = 255
)

// Limits of what a network is called and protected by, in bytes.
const (
	MaxSSID     = 32
	MaxPassword = 64
)

// Limits of the file service.
const (
	MaxPath  = 96 // bytes of a path
	HashSize = 16 // bytes of SHA-256 that name a content
	WeakSize = 4
	// StrongSize is how many bytes of a block's SHA-256 BLOCKS tells.
	StrongSize = 8
)
