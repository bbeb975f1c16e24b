package explain

import (
	"strings"

	"studioide/internal/lazyregexp"
)

// rule explains the messages that match. $1… in text and help are the groups of
// match; more may look at the source and change what the rule says.
type rule struct {
	code  string
	match lazyregexp.Regexp
	text  string
	help  string
	more  func(f *finding)
}

// on is a pattern of a whole message.
func on(text string) lazyregexp.Regexp { return lazyregexp.New(`(?s)^` + text + `$`) }

// rules is the table of what the compiler's type checker, the go command and
// the linker say; the first match counts. Syntax errors are in syntax.go.
var rules = []rule{
	// Names.
	{"go.case", on(`undefined: (\w+)\.(\w+) \(but have (\w+)\)`), "$1.$2 is written $1.$3.", "Capital and small letters matter in Go.", toThird},
	{"go.undefined", on(`(?:undefined: |name )(\w+)(?:\.| not exported by package )(\w+)`), "Package $1 has no $2.", "Look up the name, or leave the line out.", packageMember},
	{"go.undefined", on(`undefined: (\w+)`), "Go does not know the name $1.", "Check the spelling; a variable is made with :=, as in $1 := 0.", undefinedName},
	{"go.case", on(`(\S+?)\.(\w+) undefined \(type (.+) has no field or method \w+, but does have (?:field|method) (\w+)\)`),
		"$1.$2 is written $1.$4.", "Capital and small letters matter in Go.", func(f *finding) { f.replace("Change to "+f.m[4], f.m[4]) }},
	{"go.no-method", on(`(.+)\.(\w+) undefined \(type (.+) has no field or method \w+(?:, but does have .+)?\)`),
		"$1 has no $2.", "Look up what $1 can do; after the dot comes one of its functions.", method},
	{"go.no-method", on(`(.+)\.(\w+) undefined \((.+)\)`), "$1 has no $2.", "Check what stands before the dot: $3.", nil},
	{"go.call-braces", on(`(\w+\.\w+|\w+)(?: \(.+\))? is not a type`), "$1 is not the name of a type.", "A type is needed here, such as int, string or bool.", calledWithBraces},
	{"go.not-a-type", on(`(\w+) \(.+\) is not a type`), "$1 is not the name of a type.", "A type is needed here, such as int, string or bool.", nil},
	{"go.not-a-value", on(`(.+) \(type\) is not an expression`), "$1 is the name of a type; a value is needed here.", "Make a value of it, for instance with $1{…} or $1(…).", nil},
	{"go.package-alone", on(`use of package (\w+) (?:without|not in) selector`), "$1 is a package; it cannot stand alone or be changed.", "Write $1, a dot, and what you want of it, as in $1.Name.", nil},
	{"go.redeclared", on(`(\w+) redeclared in this block.*`), "There are two things named $1.", "Give one of them another name, or remove it.", redeclared},
	{"go.redeclared", on(`(?:method|field) (.+) (?:already declared|redeclared).*`), "There are two things named $1.", "Give one of them another name, or remove it.", nil},

	// Unused things.
	{"go.unused-import", on(`"(.+)" imported(?: as (\w+))? and not used`), `Package "$1" is imported but never used.`, "Remove the import, or use the package.", removeImport},
	{"go.unused-variable", on(`(?:declared and not used: (\w+)|(\w+) declared (?:and|but) not used)`), "The variable $1$2 is never used.", "Use it, or remove it: Go does not accept leftovers.", removeVariable},
	{"go.unused-label", on(`label (\w+) defined and not used`), "The label $1: is never used.", "Remove it. (A colon behind a word makes a label.)", nil},
	{"go.unused-value", on(`(.+) \(.*\) is not used`), "$1 is worked out, and nothing is done with it.", "Give it to a variable or a function, or remove it.", unusedValue},

	// Types that do not fit.
	{"go.interface", on(`cannot use (.+) \(.+\) as (.+) value in (.+): .+ does not implement .+ \((.+)\)`), "$1 cannot stand for $2: $4.", "Add what is missing, or use another value.", nil},
	{"go.overflow", on(`cannot use (.+) \(.+\) as (\S+) value in .+ \(overflows\)`), "The number $1 does not fit into $2.", "Use a smaller number, or a larger type such as int.", nil},
	{"go.overflow", on(`(?:cannot use )?(.+?) \(.*constant.*\) overflows (\S+)`), "The number $1 does not fit into $2.", "Use a smaller number, or a larger type such as int.", nil},
	{"go.type", on(`(?:cannot use )?(.+?) \(.+constant.*\) (?:as (\S+) value in .+ \(truncated\)|truncated to (\S+))`), "$1 has decimals; a whole number ($2$3) is needed here.", "Use a whole number, or a variable of type float64.", nil},
	{"go.type", on(`cannot use (.+) \((.+)\) as (.+) value in (.+)`), "$1 does not fit here.", "A value of type $3 is needed.", wrongType},
	{"go.type", on(`invalid operation: (.+) \(mismatched types (.+) and (.+)\)`), "The two sides of $1 are of different kinds.", "Make both the same type.", mismatched},
	{"go.type", on(`cannot convert (.+) \((.+)\) to type (\S+)`), "$1 cannot be turned into $3 this way.", "Use another way to convert it.", convert},
	{"go.type", on(`invalid operation: operator (\S+) not defined on (.+) \((.+)\)`), "$1 does not work with $2.", "$2 is: $3.", operatorKind},
	{"go.condition", on(`non-boolean condition in (\w+) statement`), "The condition of $1 must be true or false.", "Compare with something, as in x != 0.", nil},
	{"go.constant", on(`cannot assign to (.+) \((?:neither addressable.*|constant.*)\)`), "$1 cannot be changed.", "Only variables can get new values; constants and results of functions cannot.", nil},
	{"go.type", on(`cannot assign to (.+)`), "$1 cannot be changed.", "Only variables can get new values.", nil},
	{"go.type", on(`invalid argument: (.+) \((.+)\) for (?:built-in )?(\w+)`), "$3 does not work with $1.", "$1 is: $2.", nil},
	{"go.index", on(`invalid argument: index (.+) (?:\(.+\) )?out of bounds \[0:(.+)\]`), "There is no element number $1.", "Counting starts at 0, and there are $2 elements.", nil},
	{"go.index", on(`invalid argument: index (.+) \(.+\) must not be negative`), "There is no element number $1.", "Counting starts at 0.", nil},
	{"go.divide", on(`invalid operation: division by zero`), "This divides by zero.", "Divide by something else.", nil},
	{"go.nil", on(`use of untyped nil in .+`), "nil alone has no type.", "Write which type it is: var x *Type.", nil},

	// Calls and returns.
	{"go.arguments", on(`not enough arguments in call to (\S+)\s+have \((.*)\)\s+want \((.*)\)`), "$1 needs more values between its parentheses.", "It needs ($3); there is ($2).", nil},
	{"go.arguments", on(`too many arguments in call to (\S+)\s+have \((.*)\)\s+want \((.*)\)`), "$1 takes fewer values between its parentheses.", "It takes ($3); there is ($2).", nil},
	{"go.arguments", on(`(not enough|too many) arguments (?:in call to|for) (.+)`), "The number of values between the parentheses is wrong: $1.", "Look up what $2 needs.", nil},
	{"go.return", on(`not enough return values\s+have \((.*)\)\s+want \((.*)\)`), "return gives back too little here.", "The function promises ($2).", nil},
	{"go.return", on(`too many return values\s+have \((.*)\)\s+want \(\)`), "This function gives nothing back.", "Write return alone, or add the type of the result behind the function's parentheses.", nil},
	{"go.return", on(`too many return values\s+have \((.*)\)\s+want \((.*)\)`), "return gives back too much here.", "The function promises ($2).", nil},
	{"go.missing-return", on(`missing return`), "The function promises a result, but can end without one.", "Add a return with a value before the closing brace.", nil},
	{"go.assign-count", on(`assignment mismatch: (\d+) variables? but (.+) returns? (\d+) values?`), "$2 gives $3, and there is room for $1.", "Write as many variables as there are values; _ takes one that you do not need.", counts},
	{"go.assign-count", on(`assignment mismatch: (\d+) variables? but (\d+) values?`), "There are $1 variables and $2 values.", "Write as many values as variables.", nil},
	{"go.no-value", on(`(.+) \(no value\) used as value`), "$1 gives no value.", "Call it on a line of its own.", nil},
	{"go.not-a-function", on(`invalid operation: cannot call (?:non-function )?(.+?) \((.+)\).*`), "$1 is not a function: it cannot be called with ( ).", "$1 is: $2.", nil},
	{"go.call-needed", on(`expression in (defer|go) must be (?:a )?function call`), "After $1 a function must be called.", "Add ( ) at the end.", nil},
	{"go.range", on(`cannot range over (.+) \((.+)\).*`), "for cannot go through $1.", "It is: $2. for … range works with numbers, strings, slices, maps and channels.", nil},

	// Variables.
	{"go.declared", on(`no new variables on left side of :=`), "The variables are there already; := makes new ones.", "Use = to change them.", func(f *finding) { f.replace("Change := to =", "=") }},
	{"go.type", on(`invalid recursive type.*`), "The type contains itself.", "Use a pointer: *Type.", nil},
	{"go.init", on(`initialization cycle.*`), "Values outside of functions need each other in a circle.", "Give one of them its value inside main.", nil},

	// Flow.
	{"go.flow", on(`(break|continue) (?:is not in a loop|not in for).*`), "$1 stands outside of a loop.", "Use return to leave a function.", nil},
	{"go.flow", on(`label (\w+) not defined`), "There is no label $1.", "Remove goto; use for and if.", nil},
	{"go.duplicate", on(`duplicate case (.+?)(?: \(.+\))? in .*`), "Two cases are the same: $1.", "Remove or change one of them.", nil},
	{"go.duplicate", on(`duplicate key (.+?) in map literal.*`), "The key $1 is there twice.", "Remove or change one of them.", nil},
	{"go.missing-body", on(`linker could not find symbol main\.(\w+)`), "The function $1 has no body.", "Write { and } behind func $1(…), with what it does between them.", nil},
	{"go.not-on-board", on(`linker could not find symbol (\S+)`), "$1 is not there on a board.", "Leave it out.", notOnBoard},
	{"go.missing-body", on(`(?:missing function body|func \w+ must have a body)`), "The function has no body.", "Write { and } behind it, with what it does between them.", nil},

	// main and packages.
	{"go.main", on(`cannot declare main - must be func`), "The name main is for the function that the program starts with.", "Choose another name.", nil},
	{"go.main", on(`func main must have no (.+)`), "main takes nothing and gives nothing back.", "Write: func main() {", nil},
	{"go.import", on(`package (\S+) is not in std.*`), `There is no package "$1".`, "Check the spelling of the import.", nearImport},
	{"go.import", on(`no required module provides package (\S+?)[;:].*`), `Package "$1" would have to come from the internet; that does not work here.`, "Remove the import and do without it.", nil},
	{"go.import", on(`(?:import cycle not allowed|use of internal package (\S+) not allowed).*`), "This import is not possible.", "Remove it.", nil},
	{"go.import", on(`import "(.+)" is a program, not an importable package`), `"$1" is a program; it cannot be imported.`, "Remove the import.", nil},
	{"go.import", on(`(?:could not import|cannot find package "?)\s*(\S+?)"? .*`), `There is no package "$1".`, "Check the spelling of the import.", nearImport},
	{"go.package-name", on(`expected main package to have name "main", not "(\w+)"`), "The package of a program is called main, not $1.", "Write: package main", func(f *finding) { f.replace("Change to package main", "main") }},
	{"go.package-name", on(`expected 'package', found .+|syntax error: package statement must be first`), "The file does not begin with package main.", "Make package main the first line.", firstLine},
	{"go.too-large", on(`(?:stack frame too large|.* too large).*`), "A variable is too large for a board's memory.", "Make the array smaller.", nil},
	{"go.embed", on(`pattern .+: .*no matching files found|go:embed .*`), "Files cannot be built into the program here.", "Put them into www/.", nil},
}

// explain fills in what the rules say.
func (f *finding) explain() {
	if f.code != "" || f.syntax() {
		return
	}
	for _, r := range rules {
		if m := r.match().FindStringSubmatchIndex(f.raw); m != nil {
			f.m = r.match().FindStringSubmatch(f.raw)
			f.code = r.code
			f.text = string(r.match().ExpandString(nil, braced(r.text), f.raw, m))
			f.help = string(r.match().ExpandString(nil, braced(r.help), f.raw, m))
			if r.more != nil {
				r.more(f)
			}
			return
		}
	}
	if begin := lineBegin(f.content, f.pos); Straight(f.line()) != f.line() { // a letter that looks like a space is part of a name
		for at, r := range f.line() {
			if _, odd := ascii[r]; odd {
				f.pos, f.raw = begin+at, "invalid character\n"+f.raw
				if f.syntax() {
					return
				}
			}
		}
	}
	f.code, f.text = codeOther, "Go does not accept this: "+strings.ReplaceAll(f.raw, "\n", " ")+"."
	f.help = "Compare the line with one that works."
}

var group = lazyregexp.New(`\$(\d)`)

// braced writes $1 as ${1}, so that letters may follow it.
func braced(s string) string { return group().ReplaceAllString(s, "$${${1}}") }
