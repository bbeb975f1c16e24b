package explain

// loan is a word of another language and what Go says instead.
type loan struct {
	text    string
	help    string
	instead string // replaces the word; "": needs thought
}

// foreign are words that people bring along from Python, JavaScript, C and Arduino.
var foreign = map[string]loan{
	"True":         {"True is written true in Go.", "Small letters: true.", "true"},
	"False":        {"False is written false in Go.", "Small letters: false.", "false"},
	"TRUE":         {"TRUE is written true in Go.", "Small letters: true.", "true"},
	"FALSE":        {"FALSE is written false in Go.", "Small letters: false.", "false"},
	"None":         {"None is written nil in Go.", "Use nil, or for a text the empty text \"\".", "nil"},
	"null":         {"null is written nil in Go.", "Use nil.", "nil"},
	"NULL":         {"NULL is written nil in Go.", "Use nil.", "nil"},
	"undefined":    {"undefined is written nil in Go.", "Use nil.", "nil"},
	"self":         {"self is Python; Go has no self.", "Use the variable's own name.", ""},
	"this":         {"this is JavaScript; Go has no this.", "Use the variable's own name.", ""},
	"str":          {"str is Python.", "Turn a value into text with fmt.Sprint(…).", ""},
	"elif":         {"elif is written else if in Go.", "Write: } else if … {", "else if"},
	"Print":        {"Print is written println in Go.", "Small letters: println(…).", "println"},
	"Println":      {"Println alone is not known.", "Write println(…), or fmt.Println(…) with import \"fmt\".", "println"},
	"printf":       {"printf is fmt.Printf in Go.", "Write fmt.Printf(…) with import \"fmt\".", "fmt.Printf"},
	"Printf":       {"Printf belongs to package fmt.", "Write fmt.Printf(…) with import \"fmt\".", "fmt.Printf"},
	"Sprintf":      {"Sprintf belongs to package fmt.", "Write fmt.Sprintf(…) with import \"fmt\".", "fmt.Sprintf"},
	"input":        {"input is Python; a board has no keyboard.", "Let the page send text: board.OnText(…).", ""},
	"console":      {"console.log is JavaScript.", "Write println(…).", ""},
	"document":     {"document is JavaScript: it works in pages (www/), not on the board.", "Send a message to the page instead.", ""},
	"window":       {"window is JavaScript: it works in pages (www/), not on the board.", "Send a message to the page instead.", ""},
	"Serial":       {"Serial is Arduino.", "Write println(…).", ""},
	"sleep":        {"sleep is time.Sleep in Go.", "Write time.Sleep(500 * time.Millisecond) with import \"time\".", ""},
	"delay":        {"delay is time.Sleep in Go.", "Write time.Sleep(500 * time.Millisecond) with import \"time\".", ""},
	"digitalWrite": {"digitalWrite is Arduino.", "Write board.LED.High() or board.LED.Low().", ""},
	"digitalRead":  {"digitalRead is Arduino.", "Pins are read with Get().", ""},
	"pinMode":      {"pinMode is Arduino; the LED is ready in Go.", "Remove the line.", ""},
	"HIGH":         {"HIGH is Arduino.", "Write board.LED.High().", ""},
	"LOW":          {"LOW is Arduino.", "Write board.LED.Low().", ""},
	"Pin":          {"Pin alone is not known.", "Write board.LED for the LED.", ""},
	"boolean":      {"boolean is written bool in Go.", "Use bool.", "bool"},
	"Boolean":      {"Boolean is written bool in Go.", "Use bool.", "bool"},
	"String":       {"String is written string in Go.", "Small letters: string.", "string"},
	"Int":          {"Int is written int in Go.", "Small letters: int.", "int"},
	"integer":      {"integer is written int in Go.", "Use int.", "int"},
	"float":        {"float is written float64 in Go.", "Use float64.", "float64"},
	"double":       {"double is written float64 in Go.", "Use float64.", "float64"},
	"char":         {"char is written byte or rune in Go.", "Use byte for a byte, rune for a character.", "byte"},
	"long":         {"long is written int64 in Go.", "Use int64.", "int64"},
	"unsigned":     {"unsigned is written uint in Go.", "Use uint.", "uint"},
	"list":         {"list is Python; Go has slices.", "Write []int{1, 2, 3} for a list of numbers.", ""},
	"dict":         {"dict is Python; Go has maps.", "Write map[string]int{}.", ""},
	"parseInt":     {"parseInt is JavaScript.", "Use strconv.Atoi(…).", ""},
	"Math":         {"Math is written math in Go.", "Write math.… with import \"math\".", "math"},
	"JSON":         {"JSON is JavaScript.", "Use package encoding/json, or send plain text.", ""},
	"pass":         {"pass is Python.", "An empty { } does nothing; remove pass.", ""},
	"and":          {"and is written && in Go.", "Write &&.", "&&"},
	"or":           {"or is written || in Go.", "Write ||.", "||"},
	"not":          {"not is written ! in Go.", "Write !.", "!"},
	"while":        {"while is written for in Go.", "Write: for condition {", "for"},
	"let":          {"let is JavaScript.", "Make a variable with :=, as in x := 5.", ""},
	"def":          {"def is written func in Go.", "Write: func name() {", "func"},
	"function":     {"function is written func in Go.", "Write: func name() {", "func"},
	"void":         {"void is C; a Go function without a result needs no word for it.", "Write: func name() {", ""},
	"setup":        {"setup is Arduino.", "Write it into main.", ""},
}

// arduino are names that people look for in package board.
var arduino = map[string]string{
	"Delay": "Use time.Sleep(500 * time.Millisecond) with import \"time\".",
	"Sleep": "Use time.Sleep(500 * time.Millisecond) with import \"time\".",
	"Print": "Use println(…).",
	"Led":   "Write board.LED.",
}

// methodWords are other names for methods of the board, by their lower-case form.
var methodWords = map[string]string{
	"on": "High", "turnon": "High", "switchon": "High", "enable": "High",
	"off": "Low", "turnoff": "Low", "switchoff": "Low", "disable": "Low",
	"value": "Get", "read": "Get", "write": "Set", "switch": "Toggle", "send": "SendText", "sendtext": "SendText", "reply": "SendText",
	"print": "SendText", "disconnect": "Close",
}

// valueMethods are methods of values in other languages, by type and lower-case name.
var valueMethods = map[string]string{
	"string.upper":       "Use strings.ToUpper(…) with import \"strings\".",
	"string.toupper":     "Use strings.ToUpper(…) with import \"strings\".",
	"string.touppercase": "Use strings.ToUpper(…) with import \"strings\".",
	"string.lower":       "Use strings.ToLower(…) with import \"strings\".",
	"string.tolowercase": "Use strings.ToLower(…) with import \"strings\".",
	"string.split":       "Use strings.Split(…, \",\") with import \"strings\".",
	"string.strip":       "Use strings.TrimSpace(…) with import \"strings\".",
	"string.trim":        "Use strings.TrimSpace(…) with import \"strings\".",
	"string.startswith":  "Use strings.HasPrefix(…, \"…\") with import \"strings\".",
	"string.endswith":    "Use strings.HasSuffix(…, \"…\") with import \"strings\".",
	"string.replace":     "Use strings.ReplaceAll(…) with import \"strings\".",
	"string.contains":    "Use strings.Contains(…, \"…\") with import \"strings\".",
	"string.length":      "Use len(…).",
	"string.len":         "Use len(…).",
	"string.format":      "Use fmt.Sprintf(…) with import \"fmt\".",
	"[]int.append":       "Use list = append(list, value).",
	"[]string.append":    "Use list = append(list, value).",
	"[]int.length":       "Use len(…).",
	"[]string.length":    "Use len(…).",
}
