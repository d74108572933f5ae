package corpus

import "fmt"

// A style is how files of one kind look: lines of everyday life, and lines that
// assign a value which should not be there.
type style struct {
	path  string
	lines []string
	leaks []string
}

// styles are dense in what anchors look for: URLs, and names with auth, key,
// token and password in them that hold no secret.
var styles = []style{
	{path: "deploy/$w-%d/.env", lines: []string{
		"$E=$n", "$E=$u", "# $p", "$C_FILE=/run/secrets/$w", "$E=$n", "$E=$w,$w,$w", "# $p, $p", "$E=/var/lib/$w", "$C=${$E}", "$E=$w", "AUTH_URL=$u/oauth/token", "DEBUG=false",
	}, leaks: []string{"$C=$s", "export $C='$s'"}},
	{path: "config/$w-%d.yml", lines: []string{
		"$w:", "  $w: $n", "  $i: $u", "  # $p, see $u", "  $c: null", "  $c: {{ .Values.$w }}", "  - $w", "    - $p", "    $i: true", "  $w: [$n, $n]", "  auth:", "    enabled: true", "    $w: \"$p\"",
	}, leaks: []string{"  $c: $s", "  $c: \"$s\""}},
	{path: "src/$w-%d.json", lines: []string{
		`  "$w": {`, `    "$I": "$u",`, `    "$I": $n,`, `    "$I": "$p",`, `    "$I": ["$w", $n],`, `    "$c": "",`, `    "$w": ["$w", "$w", "$w"],`, `  },`, `    "integrity": "$h",`, `    "keywords": ["$w", "authentication"],`,
	}, leaks: []string{`    "$c": "$s",`}},
	{path: "lib/$w-%d.py", lines: []string{
		"def $i(self, $w, $w=None):", "    for $w in $i($w, $n):", "        self.$w.append($w.$i)", "    # $p, $p", "        continue", "    $i = self.$w.get('$c')", "    return $w.$i($w, $n)", "    # $p", "    if not request.user.is_authenticated:",
		"    $w = os.environ['$C']", "    url('$u', view=$i, name='password-reset')", "    raise ValueError('$p')", "class $IForm(forms.Form):", "",
	}, leaks: []string{"    $c = '$s'", "$C = \"$s\""}},
	{path: "web/$w-%d.js", lines: []string{
		"const $I = require('$w');", "  for (let i = 0; i < $w.length; i++) {", "    $I.push($w[i].$I);", "   * $p", "  $w.on('$w', $I);", "  $w.forEach(function(key, value) {", "    return this.$w[key] || $I($w);", "  });", "// $p ($u)", "  $I: $w.$c,",
		"  if (typeof token === 'undefined') {", "  fetch('$u', { headers: { Authorization: 'Bearer ' + $I } })", "  console.log('$p');", "}",
	}, leaks: []string{"  $c: '$s',", "const $I = { $c: '$s' };"}},
	{path: "app/$w-%d.java", lines: []string{
		"    private final String $I;", "    import com.$w.$w.$I;", "        for ($I $w : $w.get$I()) {", "            $w.add(new $I($n, $n));", "     * $p", "    @Override", "    public void set$I(String key, String password) {", "        this.$w = $w.get$I($n);", "     * @param token $p",
		"    }", "        return new $IToken(authentication.getName(), $w);", "    /** $p. See $u */", "    @Value(\"${$w.$w.password}\")",
	}, leaks: []string{`    static final String $C = "$s";`}},
	{path: "docs/$w-%d.md", lines: []string{
		"$p, $p and $p.", "$p: $p. $p, $p.", "| $w | $p | $n |", "- [$p]($u)", "Set `$C` to the token of your $w account.", "", "## $p", "    curl -H 'Authorization: $w' $u", "Use the API key of your $w.",
	}, leaks: []string{"    curl $u?$c=$s", "    export $C=$s"}},
}

// Leaky returns about size bytes of files that are dense in what looks like a
// credential, with one that is as good as real about once per kB.
func Leaky(seed uint64, size int) Corpus {
	const between = 1000
	c := Corpus{Name: "leaky"}
	t := newText(seed)
	for i := 0; len(c.Data) < size; i++ {
		s := &styles[t.random.IntN(len(styles))]
		t.Reset()
		t.expand(fmt.Sprintf(s.path, i))
		path := t.String()
		t.Reset()
		length := 1000 + t.random.IntN(16_000)
		for next := t.random.IntN(between); t.Len() < length; t.WriteByte('\n') {
			if t.Len() < next {
				t.expand(t.pick(s.lines))
				continue
			}
			t.expand(t.pick(s.leaks))
			next += between/2 + t.random.IntN(between)
		}
		c.add(path, t.Bytes())
	}
	return c
}
