package devfstest

// The problems of this package; what they say is in the words file.
var ()
