package wstest

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"studioide/internal/api"
)

// JUnit writes results in the form that CI servers read: a suite for each set, a case for each of its steps. There is no
// standard; this is what Jenkins' and GitLab's readers have in common (testsuites, testsuite, testcase, failure, skipped).
func JUnit(sets []api.TestedSet) []byte {
	all := junitSuites{}
	for _, set := range sets {
		suite := junitSuite{Name: clean(set.Name), File: clean(set.Path), Time: seconds(set.Millis)}
		for _, s := range set.Steps {
			c := junitCase{Class: suite.Name, Name: clean("line " + strconv.Itoa(s.Line) + ": " + s.Text), File: suite.File, Line: s.Line, Time: seconds(s.Millis)}
			switch s.State {
			case api.TestPassed:
			case api.TestFailed:
				if s.Problem == nil {
					break // a loop: the step in it has failed
				}
				c.Failure = &junitFailure{Type: s.Problem.Code, Message: clean(s.Problem.Text), Text: clean(s.Problem.Text + "\n" + s.Problem.Help)}
				suite.Failures++
			default:
				c.Skipped = &struct{}{}
				suite.Skipped++
			}
			suite.Tests++
			suite.Cases = append(suite.Cases, c)
		}
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Suites = append(all.Suites, suite)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		panic("wstest: results that cannot be encoded: " + err.Error()) // plain data: a bug
	}
	b.WriteByte('\n')
	return b.Bytes()
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	File     string      `xml:"file,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr"`
	Line    int           `xml:"line,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
	Skipped *struct{}     `xml:"skipped"`
}

type junitFailure struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func seconds(millis int64) string {
	return strconv.FormatFloat((time.Duration(millis) * time.Millisecond).Seconds(), 'f', 3, 64)
}

// clean leaves out what XML 1.0 cannot hold, which boards may send.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, s)
}
