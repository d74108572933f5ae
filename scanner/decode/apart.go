package decode

// Before returns the last position that is known, and not far before at, of which
// is true: the views that start before it are made of nothing from at on. Behind is
// its mirror image. The data is text.
//
// A run goes on over digits and what a line break is written with, and what is
// escaped over all but delimiters.
func Before(data []byte, at int) int {
	if at > len(data) { // it is not the end of the data that makes a difference
		return len(data)
	}
	run, stretch := true, true
	for i := at - 1; i >= max(0, at-Reach); i-- {
		run, stretch = run && inRun[data[i]], stretch && stops[data[i]] != delimiter
		if !run && !stretch {
			return i
		}
	}
	return max(0, at-Reach)
}

// Behind returns the first position that is known, and not far behind at, of which
// is true: the views that start from it on are made of nothing before at, and are
// the same whatever stands there.
func Behind(data []byte, at int) int {
	if at < 0 {
		return 0
	}
	run, stretch := true, true
	for i := at; i < min(len(data), at+Reach); i++ {
		run, stretch = run && inRun[data[i]], stretch && stops[data[i]] != delimiter
		if !run && !stretch {
			return i + 1
		}
	}
	return at + Reach
}

// inRun are the bytes that a run may hold, from its first line to its last.
var inRun = func() (t [256]bool) {
	for b, digit := range digits {
		t[b] = digit != noDigit
	}
	for _, b := range []byte(" \t\r\n\\") {
		t[b] = true
	}
	return t
}()
