package corpus

import (
	"fmt"
	"math/rand/v2"
)

// pieces are what minified JavaScript is made of.
var pieces = []string{
	"function $w(t,e,n){", "var r=e[$n],", "i=this.$I||{},", "return t.$I(n)?e:$n}", "if(!o(t))throw new TypeError(\"$p\");", "a.push(t.$w,e)",
	"for(var s=0;s<t.length;s++)n[s]=t[s];", "!function(t){", "}(window);", "case $n:return\"$w\";", "Object.defineProperty(e,\"$w\",{value:!0}),",
	"e.exports={$I:$n,$I:\"$w\",key:t.key};", "t&&t.__esModule?t:{default:t}", "/^[a-z]+:\\/\\//i.test(e)", "n.d(e,\"$w\",(function(){return $w}));",
	"u=c?function(t){return t.token}:null,", "()=>{", "},", "\"#$n\",", "$I=async t=>{await e.$I(t)},", "http(\"$u\")", "'$p'", "[$n,$n,$n,.5,1e3],",
}

// Minified returns about size bytes of what a folder of packages holds after a
// build: scripts in one line, each with its source map.
func Minified(seed uint64, size int) Corpus {
	c := Corpus{Name: "minified"}
	t := newText(seed)
	for i := 0; len(c.Data) < size; i++ {
		name := fmt.Sprintf("node_modules/%s-%d/dist/%s.min.js", t.pick(words), i, t.pick(words))
		t.Reset()
		length := 10_000 + t.random.IntN(200_000)
		for t.Len() < length {
			t.expand(t.pick(pieces))
		}
		fmt.Fprintf(t, "\n//# sourceMappingURL=%s.map\n", name)
		c.add(name, t.Bytes())
		t.Reset()
		t.sourceMap(length)
		c.add(name+".map", t.Bytes())
	}
	return c
}

// sourceMap writes a source map with about so many bytes of mappings.
func (t *text) sourceMap(length int) {
	t.expand(`{"version":3,"sources":["webpack://$w/./src/$w.js","webpack://$w/./src/$I.ts"],"names":["$w","$I","$I","key","token"],"mappings":"`)
	for end := t.Len() + length; t.Len() < end; {
		t.Write(segment(t.random))
		t.WriteByte(",,,,,,,;"[t.random.IntN(8)])
	}
	t.WriteString(`","sourcesContent":["`)
	for end := t.Len() + length/2; t.Len() < end; {
		t.expand(`  const $I = await $w.$I(\"$w\", $w.key);\n  // $p\n`)
	}
	t.WriteString("\"]}\n")
}

// segment returns one mapping: the differences of columns and lines, mostly
// small, as base64 of variable length.
func segment(random *rand.Rand) []byte {
	var out []byte
	for _, most := range [...]int{40, 1, 3, 60} {
		out = appendVLQ(out, random.IntN(2*most+1)-most)
	}
	return out
}

// appendVLQ appends a number as source maps write it: five bits a digit, the
// lowest first, a sixth where more follow, the sign in the lowest of all.
func appendVLQ(out []byte, n int) []byte {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	value := n << 1
	if n < 0 {
		value = -n<<1 | 1
	}
	for ; value >= 32; value >>= 5 {
		out = append(out, digits[value&31|32])
	}
	return append(out, digits[value])
}
