package reporters

import _ "embed"

//go:embed report.schema.json
var schema string

// Schema returns the JSON Schema (2020-12) of the json format. Its $defs/line
// is that of one line of jsonl.
func Schema() string { return schema }
