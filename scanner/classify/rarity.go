package classify

// Rarity returns by how many bits chance explains a value better than a person
// writing words, names and numbers does: about 3 a letter above 0 for what a
// generator made, below 0 for words and identifiers.
func Rarity(v []byte) float64 {
	return traitsOf(v).rarity(v)
}

// rarity is that of the value that has the traits.
func (t traits) rarity(v []byte) float64 {
	whole, _ := written(v)
	return whole - float64(len(v))*t.drawn(len(v))
}

// Gibberish returns by how many bits chance explains the letters of a value
// better than words do. Unlike Rarity it makes nothing of digits and symbols:
// a person puts them behind a word, too.
func Gibberish(v []byte) float64 {
	_, words := written(v)
	return words
}

// strangeness is the greater of Rarity and Gibberish.
func strangeness(v []byte) float64 { return traitsOf(v).strangeness(v) }

// strangeness is that of the value that has the traits.
func (t traits) strangeness(v []byte) float64 {
	whole, words := written(v)
	return max(whole-float64(len(v))*t.drawn(len(v)), words)
}

// What the parts of written text cost, in bits.
const (
	wordCost      = 1.5 // to begin another word
	separatorCost = 2.0
	numberCost    = 2.0 // to begin a number
	insideCost    = 4.0 // for a number with letters right after it
	digitCost     = 3.3 // log2(10)
	letterCost    = 4.7 // log2(26)
	nextCost      = 1.0 // for a digit that repeats or continues the one before
	symbolCost    = 6.0
)

// written returns the bits of a value as words, numbers and separators, and by
// how many its letters alone have more than letters that are drawn.
func written(v []byte) (whole, words float64) {
	for i := 0; i < len(v); {
		switch {
		case symbols[v[i]] != edge:
			bits, end := spelled(v, i)
			whole += wordCost + bits
			words += bits + wordCost - letterCost*float64(end-i+1)
			i = end
		case isDigit(v[i]):
			n := digitRun(v[i:])
			whole += numberCost + counted(v[i:i+n])
			if i += n; i < len(v) && symbol(v[i]) != edge {
				whole += insideCost
			}
		case isSeparator(v[i]):
			whole += separatorCost
			i++
		default:
			whole += symbolCost
			i++
		}
	}
	return whole, words
}

// spelled returns the bits of the word that starts at a letter of a text by its letter
// triples, and where it ends, as hump has it: both are asked of every letter.
func spelled(v []byte, start int) (bits float64, end int) {
	before := symbols[v[start]]
	near := int(before &^ capital)
	quarters := surprise(near)
	for end = start + 1; end < len(v); end++ {
		s := symbols[v[end]]
		if s-1 >= capital-1 && (s == edge || before < capital || end+1 < len(v) && isLower(v[end+1])) { // no small letter
			break
		}
		before = s
		near = near<<5 | int(s&^capital)
		quarters += surprise(near)
	}
	return float64(quarters+surprise(near<<5|edge)) / 4, end
}

// counted returns the bits of a number: less for one that people type.
func counted(digits []byte) float64 {
	bits := 0.0
	for i, d := range digits {
		if i > 0 && (d == digits[i-1] || d == digits[i-1]+1 || d == digits[i-1]-1) {
			bits += nextCost
		} else {
			bits += digitCost
		}
	}
	return bits
}
