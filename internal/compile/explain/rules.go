package explain

import (
	"strings"

	"studioide/internal/lazyregexp"
	"studioide/ui/src/words/say"
)

// rule explains the messages that match. $1… in text and help are the groups of
// match; more may look at the source and change what the rule says.
type rule struct {
	code  string
	match lazyregexp.Regexp
	words say.Rule
	more  func(f *finding)
}

// on is a pattern of a whole message.
func on(text string) lazyregexp.Regexp { return lazyregexp.New(`(?s)^` + text + `$`) }

// rules is the table of what the compiler's type checker, the go command and
// the linker say; the first match counts. Syntax errors are in syntax.go.
var rules = []rule{
	// Names.
	{"go.case", on(`undefined: (\w+)\.(\w+) \(but have (\w+)\)`), say.GoIsWritten, toThird},
	{"go.undefined", on(`(?:undefined: |name )(\w+)(?:\.| not exported by package )(\w+)`), say.GoPackageHasNo, packageMember},
	{"go.undefined", on(`undefined: (\w+)`), say.GoGoDoesNotKnow, undefinedName},
	{"go.case", on(`(\S+?)\.(\w+) undefined \(type (.+) has no field or method \w+, but does have (?:field|method) (\w+)\)`),
		say.GoIsWritten2, func(f *finding) { f.change(f.m[4]) }},
	{"go.no-method", on(`(.+)\.(\w+) undefined \(type (.+) has no field or method \w+(?:, but does have .+)?\)`),
		say.GoHasNo, method},
	{"go.no-method", on(`(.+)\.(\w+) undefined \((.+)\)`), say.GoHasNo2, nil},
	{"go.call-braces", on(`(\w+\.\w+|\w+)(?: \(.+\))? is not a type`), say.GoIsNotNameType, calledWithBraces},
	{"go.not-a-type", on(`(\w+) \(.+\) is not a type`), say.GoIsNotNameType, nil},
	{"go.not-a-value", on(`(.+) \(type\) is not an expression`), say.GoIsNameTypeValue, nil},
	{"go.package-alone", on(`use of package (\w+) (?:without|not in) selector`), say.GoIsPackageItCannot, nil},
	{"go.redeclared", on(`(\w+) redeclared in this block.*`), say.GoThereTwoThingsNamed, redeclared},
	{"go.redeclared", on(`(?:method|field) (.+) (?:already declared|redeclared).*`), say.GoThereTwoThingsNamed, nil},

	// Unused things.
	{"go.unused-import", on(`"(.+)" imported(?: as (\w+))? and not used`), say.GoPackageImportedButNever, removeImport},
	{"go.unused-variable", on(`(?:declared and not used: (\w+)|(\w+) declared (?:and|but) not used)`), say.GoTheVariableNeverUsed, removeVariable},
	{"go.unused-label", on(`label (\w+) defined and not used`), say.GoTheLabelNeverUsed, labelled},
	{"go.unused-append", on(`(append\(([^,]+), ?.*\)) \(value of type .*\) is not used`), say.GoAppendDoesNotChange, keepAppended},
	{"go.unused-value", on(`(.+) \(.*\) is not used`), say.GoIsWorkedOutAnd, unusedValue},

	// What comes from other languages, or is meant otherwise.
	{"go.power", on(`invalid operation: cannot indirect (.+) \(.+\)`), say.GoBeforeValueFollowsPointer, doubleStar},
	{"go.sleep-unit", on(`(?:cannot use )?(\S+) \(untyped float constant(?: \S+)?\) (?:as time\.Duration value in (?:argument|variable|assignment).*\(truncated\)|truncated to time\.Duration)`), say.GoATimeNeedsIts, seconds},
	{"go.not-a-slice", on(`invalid (?:argument: |append: argument must be a slice; have )(.+) \((?:variable|value|constant|untyped).*\)(?: is not a slice)?`), say.GoAppendAddsToLists, nil},
	{"go.text-parts", on(`cannot assign to (\w+)\[.+\] \((?:neither addressable|value of type byte).*\)`), say.GoATextCannotBe, nil},
	{"go.no-index", on(`(?:invalid operation: )?cannot index (.+) \((.+)\)`), say.GoHasNoPartsWith, squareCall},
	{"go.no-slice", on(`cannot slice (.+) \((.+)\)`), say.GoNoPartCanBe, nil},
	{"go.nil-value", on(`cannot use nil as (string) value in .+`), say.GoATextCannotBe2, emptyText},
	{"go.nil-value", on(`cannot use nil as (int|bool|float64|byte|rune|uint\w*|int\w+) value in .+`), say.GoAValueTypeCannot, nil},
	{"go.nil-value", on(`invalid operation: (.+) [!=]= nil \(mismatched types (\S+) and untyped nil\)`), say.GoIsNeverNilIt, nil},
	{"go.increment", on(`invalid operation: (.+?)(\+\+|--) \(non-numeric type (.+)\)`), say.GoWorksWithNumbersOnly, nil},
	{"go.not-an-interface", on(`invalid operation: (.+) \((.+)\) is not an interface`), say.GoTheTypeKnownAlready, nil},
	{"go.field", on(`unknown field (\w+) in struct literal of type (\S+)(?:, but does have (\w+))?`), say.GoHasNoField, fieldName},
	{"go.field", on(`(?:mixture of field:value and value elements in struct literal|too few values in struct literal.*|too many values in struct literal.*|implicit assignment to unexported field .*)`), say.GoTheValuesThisStruct, nil},
	{"go.compare-lists", on(`invalid operation: (.+) [!=]= (.+) \((slice|map|func) can only be compared to nil\)`), say.GoACannotBeCompared, nil},
	{"go.flow", on(`(?:fallthrough statement out of place|cannot fallthrough final case in switch)`), say.GoFallthroughStandsAtEnd, nil},
	{"go.duplicate", on(`multiple defaults.*`), say.GoASwitchCanHave, nil},
	{"go.channel", on(`invalid operation: cannot (?:receive from|send to) (?:non-channel )?(.+) \((.+)\)`), say.GoWorksWithChannelsOnly, nil},
	{"go.pointer", on(`invalid operation: cannot take address of (.+) \(.+\)`), say.GoHasNoPlaceMemory, nil},
	{"go.ignored", on(`(defer|go) discards result of (.+)`), say.GoCallsFunctionWhoseResult, nil},
	{"go.receiver", on(`(?:cannot define new methods on non-local type (.+)|invalid receiver type (.+?)(?: \(.+\))?)`), say.GoMethodsCanBeAdded, nil},
	{"go.flow", on(`(?:invalid (break|continue) label .+|goto .+ jumps .*)`), say.GoThereNoLoopWith, nil},
	{"go.map-key", on(`invalid map key type (.+)`), say.GoCannotBeKeyMap, nil},
	{"go.self", on(`invalid operation: (.+) \(variable of type (.+)\) cannot be called.*`), say.GoIsNotFunction, nil},
	{"go.shift", on(`invalid operation: (?:shift count|shifted operand) (.+) \(.+\) must .*`), say.GoAndMoveBitsWhole, nil},
	{"go.const", on(`(.+) \((?:value|variable).*\) is not constant`), say.GoTheValueConstMust, nil},
	{"go.array-size", on(`(?:invalid array length|array length) (.+?)(?: \(.*\))? ?(?:must be constant)?`), say.GoTheLengthArrayMust, nil},

	// Types that do not fit.
	{"go.interface", on(`cannot use (.+) \(.+\) as (.+) value in (.+): .+ does not implement .+ \((.+)\)`), say.GoCannotStandFor, nil},
	{"go.overflow", on(`cannot use (.+) \(.+\) as (\S+) value in .+ \(overflows\)`), say.GoTheNumberDoesNot, nil},
	{"go.overflow", on(`(?:cannot use )?(.+?) \(.*constant.*\) overflows (\S+)`), say.GoTheNumberDoesNot, nil},
	{"go.type", on(`(?:cannot use )?(.+?) \(.+constant.*\) (?:as (\S+) value in .+ \(truncated\)|truncated to (\S+))`), say.GoHasDecimalsWholeNumber, nil},
	{"go.type", on(`cannot use (.+) \((.+)\) as (.+) value in (.+)`), say.GoDoesNotFitHere, wrongType},
	{"go.type", on(`invalid operation: (.+) \(mismatched types (.+) and (.+)\)`), say.GoTheTwoSidesDifferent, mismatched},
	{"go.type", on(`cannot convert (.+) \((.+)\) to type (\S+)`), say.GoCannotBeTurnedInto, convert},
	{"go.type", on(`invalid operation: operator (\S+) not defined on (.+) \((.+)\)`), say.GoDoesNotWorkWith, operatorKind},
	{"go.condition", on(`non-boolean condition in (\w+) statement`), say.GoTheConditionMustBe, nil},
	{"go.constant", on(`cannot assign to (.+) \((?:neither addressable.*|constant.*)\)`), say.GoCannotBeChanged, nil},
	{"go.type", on(`cannot assign to (.+)`), say.GoCannotBeChanged2, nil},
	{"go.type", on(`invalid argument: (.+) \((.+)\) for (?:built-in )?(\w+)`), say.GoDoesNotWorkWith2, nil},
	{"go.index", on(`invalid argument: index (.+) (?:\(.+\) )?out of bounds \[0:(.+)\]`), say.GoThereNoElementNumber, nil},
	{"go.index", on(`invalid argument: index (.+) \(.+\) must not be negative`), say.GoThereNoElementNumber2, fromTheEnd},
	{"go.divide", on(`invalid operation: division by zero`), say.GoThisDividesByZero, nil},
	{"go.nil", on(`use of untyped nil in .+`), say.GoNilAloneHasNo, nil},

	// Calls and returns.
	{"go.arguments", on(`not enough arguments in call to (\S+)\s+have \((.*)\)\s+want \((.*)\)`), say.GoNeedsMoreValuesBetween, handed},
	{"go.arguments", on(`too many arguments in call to (\S+)\s+have \((.*)\)\s+want \((.*)\)`), say.GoTakesFewerValuesBetween, nil},
	{"go.arguments", on(`(not enough|too many) arguments (?:in call to|for) (.+)`), say.GoTheNumberValuesBetween, nil},
	{"go.return", on(`not enough return values\s+have \((.*)\)\s+want \((.*)\)`), say.GoReturnGivesBackToo, nil},
	{"go.return", on(`too many return values\s+have \((.*)\)\s+want \(\)`), say.GoThisFunctionGivesNothing, nil},
	{"go.return", on(`too many return values\s+have \((.*)\)\s+want \((.*)\)`), say.GoReturnGivesBackToo2, nil},
	{"go.missing-return", on(`missing return`), say.GoTheFunctionPromisesResult, nil},
	{"go.assign-count", on(`assignment mismatch: (\d+) variables? but (.+) returns? (\d+) values?`), say.GoGivesAndThereRoom, counts},
	{"go.assign-count", on(`assignment mismatch: (\d+) variables? but (\d+) values?`), say.GoThereVariablesAndValues, nil},
	{"go.no-value", on(`(.+) \(no value\) used as value`), say.GoGivesNoValue, nil},
	{"go.not-a-function", on(`invalid operation: cannot call (?:non-function )?(.+?) \((.+)\).*`), say.GoIsNotFunctionIt, nil},
	{"go.call-needed", on(`expression in (defer|go) must be (?:a )?function call`), say.GoAfterFunctionMustBe, nil},
	{"go.range", on(`cannot range over (.+) \((.+)\).*`), say.GoForCannotGoThrough, nil},

	// Variables.
	{"go.declared", on(`no new variables on left side of :=`), say.GoTheVariablesThereAlready, func(f *finding) { f.replace("Change := to =", "=") }},
	{"go.type", on(`invalid recursive type.*`), say.GoTheTypeContainsItself, nil},
	{"go.init", on(`initialization cycle.*`), say.GoValuesOutsideFunctionsNeed, nil},

	// Flow.
	{"go.flow", on(`(break|continue) (?:is not in a loop|not in for).*`), say.GoStandsOutsideLoop, nil},
	{"go.flow", on(`label (\w+) not defined`), say.GoThereNoLabel, nil},
	{"go.duplicate", on(`duplicate case (.+?)(?: \(.+\))? in .*`), say.GoTwoCasesSame, nil},
	{"go.duplicate", on(`duplicate key (.+?) in map literal.*`), say.GoTheKeyThereTwice, nil},
	{"go.missing-body", on(`linker could not find symbol main\.(\w+)`), say.GoTheFunctionHasNo, nil},
	{"go.not-on-board", on(`linker could not find symbol (\S+)`), say.GoIsNotThereOn, notOnBoard},
	{"go.missing-body", on(`(?:missing function body|func \w+ must have a body)`), say.GoTheFunctionHasNo2, nil},

	// main and packages.
	{"go.main", on(`cannot declare main - must be func`), say.GoTheNameMainFor, nil},
	{"go.main", on(`func main must have no (.+)`), say.GoMainTakesNothingAnd, nil},
	{"go.import", on(`package (\S+) is not in std.*`), say.GoThereNoPackage, nearImport},
	{"go.import", on(`no required module provides package (\S+?)[;:].*`), say.GoPackageWouldHaveTo, nil},
	{"go.import", on(`(?:import cycle not allowed|use of internal package (\S+) not allowed).*`), say.GoThisImportNotPossible, nil},
	{"go.import", on(`import "(.+)" is a program, not an importable package`), say.GoIsProgramItCannot, nil},
	{"go.import", on(`(?:could not import|cannot find package "?)\s*(\S+?)"? .*`), say.GoThereNoPackage, nearImport},
	{"go.package-name", on(`expected main package to have name "main", not "(\w+)"`), say.GoThePackageProgramCalled, func(f *finding) { f.replace(say.FixChangeTo(say.GoPackageMain()), "main") }},
	{"go.package-name", on(`expected 'package', found .+|syntax error: package statement must be first`), say.GoTheFileDoesNot, firstLine},
	{"go.too-large", on(`(?:stack frame too large|.* too large).*`), say.GoAVariableTooLarge, nil},
	{"go.embed", on(`pattern .+: .*no matching files found|go:embed .*`), say.GoFilesCannotBeBuilt, nil},
}

// explain fills in what the rules say.
func (f *finding) explain() {
	if f.code != "" || f.syntax() {
		return
	}
	for _, r := range rules {
		if m := r.match().FindStringSubmatch(f.raw); m != nil {
			f.m = m
			f.code = r.code
			f.text, f.help = r.words.Words(f.m)
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
	f.code, f.text = codeOther, say.GoGoDoesNotAcceptThis(strings.ReplaceAll(f.raw, "\n", " "))
	f.help = say.JsCompareLineWithOneThat()
}

var group = lazyregexp.New(`\$(\d)`)

// braced writes $1 as ${1}, so that letters may follow it.
func braced(s string) string { return group().ReplaceAllString(s, "$${${1}}") }
