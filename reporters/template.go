package reporters

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/template"

	"github.com/sluice-sec/sluice/scanner"
)

// templateReporter writes what a template of the user's makes of the document
// of the json format: its names, and its rules for what is absent. A secret is
// in it only where ShowSecrets asks for it.
type templateReporter struct {
	Options
	parsed *template.Template
}

var _ Reporter = templateReporter{}

var errNoTemplate = errors.New("the format template needs one")

func newTemplate(o Options) (Reporter, error) {
	if o.Template == "" {
		return nil, errNoTemplate
	}
	parsed, err := template.New("report").Funcs(helpers()).Parse(o.Template)
	if err != nil {
		return nil, err
	}
	return templateReporter{o, parsed}, nil
}

// Write writes nothing if the template fails on the way.
func (t templateReporter) Write(w io.Writer, r *scanner.Report) error {
	data, err := t.data(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.parsed.Execute(&b, data); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// data is the document as maps and lists, so that a template uses the names of
// report.schema.json.
func (t templateReporter) data(r *scanner.Report) (any, error) {
	doc := document{t.opening(r), []finding{}, t.closing(r)}
	for i := range r.Findings {
		doc.Findings = append(doc.Findings, t.finding(&r.Findings[i]))
	}
	if t.ShowSuppressed {
		for i := range r.Hidden {
			doc.Hidden = append(doc.Hidden, t.finding(&r.Hidden[i]))
		}
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	var data any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&data); err != nil {
		return nil, err
	}
	return settle(data, ""), nil
}

// settle makes numbers such that a template can compare and strings that a
// terminal shows: a name with a line end in it must not make a line of its own.
// Only a fix, which we wrote, has several.
func settle(v any, key string) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			v[name] = settle(inner, name)
		}
	case []any:
		for i, inner := range v {
			v[i] = settle(inner, key)
		}
	case json.Number:
		n, _ := v.Int64() // every number of the document is one
		return n
	case string:
		if key != "fix" {
			return harmless(v)
		}
		lines := strings.Split(v, "\n")
		for i, line := range lines {
			lines[i] = harmless(line)
		}
		return strings.Join(lines, "\n")
	}
	return v
}

// helpers are the functions that a template has beside those of text/template.
// They take what is absent for an empty text.
func helpers() template.FuncMap {
	of := func(f func(string) string) func(any) string {
		return func(v any) string {
			if v == nil {
				return f("")
			}
			return f(fmt.Sprint(v))
		}
	}
	return template.FuncMap{
		"json":  templateJSON,
		"code":  of(codeSpan),
		"csv":   of(func(text string) string { return `"` + strings.ReplaceAll(inert(text), `"`, `""`) + `"` }),
		"short": of(short),
		"lower": of(strings.ToLower),
		"upper": of(strings.ToUpper),
		"join":  templateJoin,
		"place": templatePlace,
	}
}

func templateJSON(v any) (string, error) {
	text, err := marshal(v, "", "")
	return string(text), err
}

func templateJoin(separator string, list any) (string, error) {
	all, ok := list.([]any)
	if !ok && list != nil {
		return "", fmt.Errorf("join: %T is no list", list)
	}
	parts := make([]string, len(all))
	for i, part := range all {
		parts[i] = fmt.Sprint(part)
	}
	return strings.Join(parts, separator), nil
}

// templatePlace is where an occurrence stands, as the table writes it.
func templatePlace(occurrence map[string]any) string {
	name, _ := occurrence["path"].(string)
	if member, _ := occurrence["member"].(string); member != "" {
		name += "!/" + member
	}
	switch exposure, _ := occurrence["exposure"].(string); exposure {
	case scanner.Config.Exposure(), scanner.History.Exposure():
		return name
	}
	if length, _ := occurrence["length"].(int64); length == 0 {
		return name
	}
	return fmt.Sprintf("%s:%v:%v", name, occurrence["line"], occurrence["column"])
}
