package search

import (
	"errors"
	"regexp/syntax"
	"strings"

	"studioide/internal/problem"
)

// The problems of this package; what they say is in the words file.
var (
	errNothing    = problem.Define("search.nothing", problem.BadInput, problem.Correct)
	errLong       = problem.Define2[int, int]("search.long", problem.TooLarge, problem.Correct, "n", "limit")
	errLongWith   = problem.Variant2[int, int](errLong, "with", problem.Correct, "n", "limit")
	errGrown      = problem.Define1[int]("search.grown", problem.TooLarge, problem.Correct, "limit")
	errExpression = problem.Define1[string]("search.expression", problem.BadInput, problem.Correct, "part")
	errBig        = problem.Variant(errExpression, "big", problem.Correct)
	errOpen       = problem.Variant(errExpression, "open", problem.Correct)
	errClose      = problem.Variant(errExpression, "close", problem.Correct)
	errBracket    = problem.Variant(errExpression, "bracket", problem.Correct)
	errRepeat     = problem.Variant1[string](errExpression, "repeat", problem.Correct, "part")
	errTwice      = problem.Variant1[string](errExpression, "twice", problem.Correct, "part")
	errRange      = problem.Variant1[string](errExpression, "range", problem.Correct, "part")
	errBackslash  = problem.Variant(errExpression, "backslash", problem.Correct)
	errAround     = problem.Variant1[string](errExpression, "around", problem.Correct, "part")
)

// explain says in plain words what is wrong with an expression.
func explain(err error) error {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case syntax.ErrMissingParen:
		return errOpen.Because(err)
	case syntax.ErrUnexpectedParen:
		return errClose.Because(err)
	case syntax.ErrMissingBracket:
		return errBracket.Because(err)
	case syntax.ErrMissingRepeatArgument:
		return errRepeat.With(e.Expr).Because(err)
	case syntax.ErrInvalidRepeatOp:
		return errTwice.With(e.Expr).Because(err)
	case syntax.ErrInvalidCharRange:
		if !strings.HasPrefix(e.Expr, `\`) && !strings.HasPrefix(e.Expr, "[:") {
			return errRange.With(e.Expr).Because(err)
		}
	case syntax.ErrTrailingBackslash:
		return errBackslash.Because(err)
	case syntax.ErrLarge, syntax.ErrNestingDepth, syntax.ErrInvalidRepeatSize:
		return errBig.Because(err)
	case syntax.ErrInvalidPerlOp, syntax.ErrInvalidNamedCapture:
		for _, around := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
			if strings.HasPrefix(e.Expr, around) {
				return errAround.With(around).Because(err)
			}
		}
	}
	return errExpression.With(e.Expr).Because(err)
}
