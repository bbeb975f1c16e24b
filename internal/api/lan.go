package api

// LAN is how the board's page is open to other devices of the local network.
type LAN struct {
	On             bool        `json:"on"`             // else nothing else is set
	Addresses      []string    `json:"addresses"`      // "https://192.168.1.5:43117/", the likeliest first
	Code           string      `json:"code"`           // to type on a device; "": there were too many wrong tries, and nobody new comes in
	Wrong          int         `json:"wrong"`          // tries at this code
	Fingerprint    string      `json:"fingerprint"`    // SHA-256 of the certificate: "3F:A2:…"
	OwnCertificate bool        `json:"ownCertificate"` // the user's, not one made here
	Expires        int64       `json:"expires"`        // of the certificate
	Devices        []LANDevice `json:"devices"`        // that have typed the code, in the order in which they came
}

// LANDevice is a device that has typed the code.
type LANDevice struct {
	Name      string `json:"name"`    // "iPad, Safari"; "": it does not say what it is
	Address   string `json:"address"` // in the network
	Since     int64  `json:"since"`
	Seen      int64  `json:"seen"` // when it asked for something last, or went
	Connected bool   `json:"connected"`
}
