package explain

import "studioide/ui/src/words/say"

// loan is a word of another language and what Go says instead.
type loan struct {
	words   say.Rule
	instead string // replaces the word; "": needs thought
}

// foreign are words that people bring along from Python, JavaScript, C and Arduino.
var foreign = map[string]loan{
	"True":         {say.GoWordTrue, "true"},
	"False":        {say.GoWordFalse, "false"},
	"TRUE":         {say.GoWordTRUE2, "true"},
	"FALSE":        {say.GoWordFALSE2, "false"},
	"None":         {say.GoWordNone, "nil"},
	"null":         {say.GoWordNull, "nil"},
	"NULL":         {say.GoWordNULL2, "nil"},
	"undefined":    {say.GoWordUndefined, "nil"},
	"self":         {say.GoWordSelf, ""},
	"this":         {say.GoWordThis, ""},
	"str":          {say.GoWordStr, ""},
	"elif":         {say.GoWordElif, "else if"},
	"Print":        {say.GoWordPrint, "println"},
	"Println":      {say.GoWordPrintln, "println"},
	"printf":       {say.GoWordPrintf, "fmt.Printf"},
	"Printf":       {say.GoWordPrintf2, "fmt.Printf"},
	"Sprintf":      {say.GoWordSprintf, "fmt.Sprintf"},
	"input":        {say.GoWordInput, ""},
	"console":      {say.GoWordConsole, ""},
	"document":     {say.GoWordDocument, ""},
	"window":       {say.GoWordWindow, ""},
	"Serial":       {say.GoWordSerial, ""},
	"sleep":        {say.GoWordSleep, ""},
	"delay":        {say.GoWordDelay, ""},
	"digitalWrite": {say.GoWordDigitalWrite, ""},
	"digitalRead":  {say.GoWordDigitalRead, ""},
	"pinMode":      {say.GoWordPinMode, ""},
	"HIGH":         {say.GoWordHIGH, ""},
	"LOW":          {say.GoWordLOW, ""},
	"Pin":          {say.GoWordPin, ""},
	"boolean":      {say.GoWordBoolean, "bool"},
	"Boolean":      {say.GoWordBoolean2, "bool"},
	"String":       {say.GoWordString, "string"},
	"Int":          {say.GoWordInt, "int"},
	"integer":      {say.GoWordInteger, "int"},
	"float":        {say.GoWordFloat, "float64"},
	"double":       {say.GoWordDouble, "float64"},
	"char":         {say.GoWordChar, "byte"},
	"long":         {say.GoWordLong, "int64"},
	"unsigned":     {say.GoWordUnsigned, "uint"},
	"list":         {say.GoWordList, ""},
	"dict":         {say.GoWordDict, ""},
	"parseInt":     {say.GoWordParseInt, ""},
	"Math":         {say.GoWordMath, "math"},
	"JSON":         {say.GoWordJSON, ""},
	"pass":         {say.GoWordPass, ""},
	"and":          {say.GoWordAnd, "&&"},
	"or":           {say.GoWordOr, "||"},
	"not":          {say.GoWordNot, "!"},
	"while":        {say.GoWordWhile, "for"},
	"let":          {say.GoWordLet, ""},
	"def":          {say.GoWordDef, "func"},
	"function":     {say.GoWordFunction, "func"},
	"void":         {say.GoWordVoid, ""},
	"setup":        {say.GoWordSetup, ""},

	"analogWrite":     {say.GoWordAnalogWrite, ""},
	"analogRead":      {say.GoWordAnalogRead, ""},
	"millis":          {say.GoWordMillis, ""},
	"attachInterrupt": {say.GoWordAttachInterrupt, ""},
	"tone":            {say.GoWordTone, ""},
	"random":          {say.GoWordRandom, ""},
	"randint":         {say.GoWordRandom, ""},
	"wait":            {say.GoWordWait, ""},
	"parseFloat":      {say.GoWordParseFloat, ""},
	"Number":          {say.GoWordNumber, ""},
}

// arduino are names that people look for in package board.
var arduino = map[string]func() string{
	"Delay": say.GoUseTimeSleep500Time,
	"Sleep": say.GoUseTimeSleep500Time,
	"Print": say.GoUsePrintln,
	"Led":   say.GoWriteBoardLed,
}

// methodWords are other names for methods of the board, by their lower-case form.
var methodWords = map[string]string{
	"on": "High", "turnon": "High", "switchon": "High", "enable": "High",
	"off": "Low", "turnoff": "Low", "switchoff": "Low", "disable": "Low",
	"value": "Get", "read": "Get", "write": "Set", "switch": "Toggle", "send": "SendText", "sendtext": "SendText", "reply": "SendText",
	"print": "SendText", "disconnect": "Close",
}
