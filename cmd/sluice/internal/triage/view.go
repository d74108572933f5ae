package triage

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"github.com/sluice-sec/sluice/reporters"
	"github.com/sluice-sec/sluice/scanner"
)

// Keys says what the keys do.
const Keys = `b  it is a secret, and known: to the baseline, with a reason
i  it is no secret: ignore its fingerprint, with a reason
f  what this file holds is no secret: ignore its path, with a reason
u  undo the decision
n, right, space   next        p, left   previous        up, down, PgUp, PgDn   scroll
w, q  write and quit          ctrl-c    quit and write nothing`

const shortKeys = "b baseline  i ignore  f ignore file  u undo  n next  p previous  w write and quit  ^C quit"

// Run shows the session on a screen, nil for the terminal, and reports whether
// the person wants the decisions written.
func Run(screen tcell.Screen, s *Session) (write bool, err error) {
	return newView(s).run(screen)
}

func (v *view) run(screen tcell.Screen) (write bool, err error) {
	if screen != nil {
		v.app.SetScreen(screen)
	}
	err = v.app.SetRoot(v.root, true).Run()
	return v.write, err
}

// A view is a session on a screen.
type view struct {
	*Session
	app    *tview.Application
	root   *tview.Flex
	head   *tview.TextView
	body   *tview.TextView
	foot   *tview.TextView
	prompt *tview.InputField
	choice Choice // that the prompt asks a reason for
	write  bool
	width  int
}

func newView(s *Session) *view {
	v := &view{
		Session: s, app: tview.NewApplication(), root: tview.NewFlex().SetDirection(tview.FlexRow), width: 100,
		head: tview.NewTextView(), body: tview.NewTextView(), foot: tview.NewTextView(), prompt: tview.NewInputField(),
	}
	v.head.SetTextStyle(tcell.StyleDefault.Reverse(true))
	v.prompt.SetFieldStyle(tcell.StyleDefault).SetDoneFunc(v.asked)
	v.body.SetInputCapture(v.key)
	v.app.SetBeforeDrawFunc(func(screen tcell.Screen) bool {
		if width, _ := screen.Size(); width != v.width && width > 0 {
			v.width = width
			v.show()
		}
		return false
	})
	v.show()
	v.told("")
	return v
}

// told shows a line below the finding, the keys if there is none.
func (v *view) told(line string) {
	if line == "" {
		line = shortKeys
	}
	v.foot.SetText(line)
	v.root.Clear().AddItem(v.head, 1, 0, false).AddItem(v.body, 0, 1, true).AddItem(v.foot, 1, 0, false)
	v.app.SetFocus(v.body)
}

// show shows the finding at hand.
func (v *view) show() {
	choice, reason := v.Decision()
	line := fmt.Sprintf(" %d of %d, %d decided: %s", v.At()+1, v.Len(), v.Decided(), choice)
	if reason != "" {
		line += ", " + plain(reason)
	}
	v.head.SetText(line)
	v.body.SetText(describe(v.Finding(), v.width)).ScrollToBeginning()
}

// key does what a key stands for.
func (v *view) key(e *tcell.EventKey) *tcell.EventKey {
	switch e.Key() {
	case tcell.KeyRight:
		v.move(1)
	case tcell.KeyLeft:
		v.move(-1)
	case tcell.KeyRune:
		v.rune(e.Rune())
	default:
		return e // scrolling
	}
	return nil
}

func (v *view) rune(r rune) {
	switch r {
	case 'b':
		v.ask(Known)
	case 'i':
		v.ask(NoSecret)
	case 'f':
		v.ask(NoMatter)
	case 'u':
		v.Undo()
		v.move(0)
	case 'n', ' ':
		v.move(1)
	case 'p':
		v.move(-1)
	case 'w', 'q':
		v.write = true
		v.app.Stop()
	default:
		v.told("")
	}
}

func (v *view) move(by int) {
	v.Move(by)
	v.show()
	v.told("")
}

// ask asks for the reason of a choice.
func (v *view) ask(c Choice) {
	if err := v.May(c); err != nil {
		v.told(err.Error())
		return
	}
	v.choice = c
	v.prompt.SetLabel("why (" + c.String() + "): ").SetText(v.Reason())
	v.root.Clear().AddItem(v.head, 1, 0, false).AddItem(v.body, 0, 1, false).AddItem(v.prompt, 1, 0, true)
	v.app.SetFocus(v.prompt)
}

// asked takes the answer, or that there is none.
func (v *view) asked(key tcell.Key) {
	if key != tcell.KeyEnter {
		v.told("")
		return
	}
	if err := v.Decide(v.choice, v.prompt.GetText()); err != nil {
		v.told(err.Error())
		return
	}
	v.show()
	if v.Decided() == v.Len() {
		v.told("all are decided: w writes and quits")
		return
	}
	v.told("")
}

// describe tells all of a finding, but its value.
func describe(f *scanner.Finding, width int) string {
	var b strings.Builder
	_ = reporters.WriteFinding(&b, f, reporters.Options{Width: width}) // a Builder takes all
	if f.Guessable() {
		b.WriteString("A person made it: its fingerprint is that of the place and the name, and i hides what comes there next.\n\n")
	}
	if e := f.Excerpt; e != nil {
		excerpt(&b, e, f.Secret.String())
	}
	return b.String()
}

// excerpt writes what stands round the value, its lines numbered.
func excerpt(b *strings.Builder, e *scanner.Excerpt, value string) {
	before := strings.Split(e.Before, "\n")
	lines := strings.Split(e.Before+value+e.After, "\n")
	for i, line := range lines {
		mark, number := " ", e.Line-len(before)+1+i
		switch {
		case i == len(before)-1:
			mark = ">"
		case i >= len(before):
			number = e.EndLine + 1 + i - len(before)
		}
		fmt.Fprintf(b, "%s %5d  %s\n", mark, number, plain(strings.TrimRight(line, "\r")))
	}
}

// plain leaves out what a terminal would obey.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return '?'
		}
		return r
	}, text)
}
