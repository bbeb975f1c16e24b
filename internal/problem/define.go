package problem

import (
	"fmt"
	"maps"
	"slices"

	"studioide/ui/src/words"
)

// Kind is a problem that is defined: all that is known before it happens. Its methods may be called from anywhere; it is
// never changed.
type Kind struct {
	code    string
	variant string // its sentences among those of the same code; mostly empty
	class   Class
	step    Step
	gaps    []string // names of the arguments, in their order
	entry   words.Entry
}

// Code is the stable name: "flash.no-answer".
func (k *Kind) Code() string { return k.code }

// Variant tells sentences of the same code apart; it is empty for the first ones.
func (k *Kind) Variant() string { return k.variant }

// Class decides status and exit code. All variants of a code have the same.
func (k *Kind) Class() Class { return k.class }

// Step is what to do next.
func (k *Kind) Step() Step { return k.step }

// Gaps are the names of the arguments.
func (k *Kind) Gaps() []string { return slices.Clone(k.gaps) }

// Key is where the sentences are in the words file.
func (k *Kind) Key() string { return wordsKey(k.code, k.variant) }

// Words are the sentences, with gaps.
func (k *Kind) Words() words.Entry { return k.entry }

// CommandLine is the help for who has no page, with gaps.
func (k *Kind) CommandLine() string { return k.sayCommand(nil) }

func (k *Kind) kind() *Kind { return k }

// Defined is a problem with its code: what Define and its relatives return.
type Defined interface{ kind() *Kind }

// registry has every kind by its key. It is filled while packages are initialised, one after the other, and only read then.
var registry = map[string]*Kind{}

// Kinds returns all that are defined in this program, by their keys.
func Kinds() []*Kind {
	return slices.SortedFunc(maps.Values(registry), func(a, b *Kind) int { return slices.Compare([]string{a.code, a.variant}, []string{b.code, b.variant}) })
}

func wordsKey(code, variant string) string {
	if variant == "" {
		return "problem." + code
	}
	return "problem." + code + "/" + variant
}

func register(code, variant string, class Class, step Step, gaps []string) *Kind {
	k := &Kind{code: code, variant: variant, class: class, step: step, gaps: gaps}
	key := k.Key()
	if registry[key] != nil {
		panic("problem: " + key + " is defined twice")
	}
	var ok bool
	if k.entry, ok = words.Find(key); !ok {
		panic("problem: the words have no " + key + "; after a change of the words file: make generate")
	}
	registry[key] = k
	return k
}

func variantOf(of Defined, name string, step Step, gaps []string) *Kind {
	k := of.kind()
	if k == nil || k.variant != "" || name == "" {
		panic(fmt.Sprintf("problem: %q is a variant of no code", name))
	}
	return register(k.code, name, k.class, step, gaps)
}

// Arg is what can stand in a gap of a sentence.
type Arg interface {
	~string | ~int | ~int64 | ~uint32
}

// Define names a problem whose sentences have no gaps. Like its relatives it is called while a package is initialised,
// in the package's problems.go, and panics when the code is defined already or has no words: a mistake of who writes it.
func Define(code string, class Class, step Step) *Problem {
	return register(code, "", class, step, nil).problem()
}

// Define1 names a problem with one gap.
func Define1[A Arg](code string, class Class, step Step, a string) Kind1[A] {
	return Kind1[A]{register(code, "", class, step, []string{a})}
}

// Define2 names a problem with two gaps.
func Define2[A, B Arg](code string, class Class, step Step, a, b string) Kind2[A, B] {
	return Kind2[A, B]{register(code, "", class, step, []string{a, b})}
}

// Define3 names a problem with three gaps.
func Define3[A, B, C Arg](code string, class Class, step Step, a, b, c string) Kind3[A, B, C] {
	return Kind3[A, B, C]{register(code, "", class, step, []string{a, b, c})}
}

// Define4 names a problem with four gaps.
func Define4[A, B, C, D Arg](code string, class Class, step Step, a, b, c, d string) Kind4[A, B, C, D] {
	return Kind4[A, B, C, D]{register(code, "", class, step, []string{a, b, c, d})}
}

// Variant is of the same code and class in other words, without gaps. It may stand in another package.
func Variant(of Defined, name string, step Step) *Problem {
	return variantOf(of, name, step, nil).problem()
}

// Variant1 is a variant with one gap.
func Variant1[A Arg](of Defined, name string, step Step, a string) Kind1[A] {
	return Kind1[A]{variantOf(of, name, step, []string{a})}
}

// Variant2 is a variant with two gaps.
func Variant2[A, B Arg](of Defined, name string, step Step, a, b string) Kind2[A, B] {
	return Kind2[A, B]{variantOf(of, name, step, []string{a, b})}
}

// Variant3 is a variant with three gaps.
func Variant3[A, B, C Arg](of Defined, name string, step Step, a, b, c string) Kind3[A, B, C] {
	return Kind3[A, B, C]{variantOf(of, name, step, []string{a, b, c})}
}

// Variant4 is a variant with four gaps.
func Variant4[A, B, C, D Arg](of Defined, name string, step Step, a, b, c, d string) Kind4[A, B, C, D] {
	return Kind4[A, B, C, D]{variantOf(of, name, step, []string{a, b, c, d})}
}

// Kind1 makes problems with one argument. It is an error only to be what errors.Is looks for.
type Kind1[A Arg] struct{ *Kind }

// With is the problem as it happened.
func (k Kind1[A]) With(a A) *Problem { return k.problem(a) }

// Kind2 makes problems with two arguments.
type Kind2[A, B Arg] struct{ *Kind }

// With is the problem as it happened.
func (k Kind2[A, B]) With(a A, b B) *Problem { return k.problem(a, b) }

// Kind3 makes problems with three arguments.
type Kind3[A, B, C Arg] struct{ *Kind }

// With is the problem as it happened.
func (k Kind3[A, B, C]) With(a A, b B, c C) *Problem { return k.problem(a, b, c) }

// Kind4 makes problems with four arguments.
type Kind4[A, B, C, D Arg] struct{ *Kind }

// With is the problem as it happened.
func (k Kind4[A, B, C, D]) With(a A, b B, c C, d D) *Problem { return k.problem(a, b, c, d) }

// Error implements error, for errors.Is.
func (k *Kind) Error() string { return k.code }

// problem fills the gaps.
func (k *Kind) problem(values ...any) *Problem {
	p := &Problem{Code: k.code, Variant: k.variant, Class: k.class, Step: k.step}
	if len(values) > 0 {
		p.Args = make(map[string]any, len(values))
		for i, v := range values {
			p.Args[k.gaps[i]] = argument(v)
		}
	}
	p.Text, p.Help = k.say(p.Args)
	return p
}

// say returns the text and the page's help.
func (k *Kind) say(args map[string]any) (text, help string) {
	text = k.entry.Text
	if n, ok := args["n"].(int64); ok && n == 1 && k.entry.One != "" {
		text = k.entry.One
	}
	help = k.entry.Help
	if help == "" {
		next, _ := words.Find("next." + string(k.step))
		help = next.Text
	}
	return fill(text, args), fill(help, args)
}

// sayCommand returns the help for who has only a command line.
func (k *Kind) sayCommand(args map[string]any) string {
	help := k.entry.CLI
	if help == "" {
		help = k.entry.Help
	}
	if help == "" {
		next, _ := words.Find("next." + string(k.step))
		if help = next.CLI; help == "" {
			help = next.Text
		}
	}
	return fill(help, args)
}

func fill(sentence string, args map[string]any) string {
	if len(args) == 0 {
		return sentence
	}
	return words.Fill(sentence, func(name string) string {
		if args[name] == nil {
			return ""
		}
		if n, ok := args[name].(int64); ok && words.IsCount(name) {
			return words.Count(n)
		}
		return fmt.Sprint(args[name])
	})
}
