package reporters

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/sluice-sec/sluice/scanner"
)

// srcRoot is the base of the paths of a working tree.
const srcRoot = "%SRCROOT%"

// run is everything about the run but its results.
func (l *sarifLog) run() *sarif.Run {
	run := &sarif.Run{
		Tool:        sarif.Tool{Driver: l.driver()},
		Invocations: []*sarif.Invocation{l.invocation()},
		Results:     []*sarif.Result{},
		ColumnKind:  "unicodeCodePoints",
		OriginalUriBaseIDs: map[string]*sarif.ArtifactLocation{
			srcRoot: {Description: message("The root of the repository, else the working directory.")},
		},
		RedactionTokens: []string{"****"},
	}
	if id := l.category(); id != "" {
		run.AutomationDetails = &sarif.RunAutomationDetails{ID: to(id + "/")}
	}
	run.Properties = l.properties()
	return run
}

func (l *sarifLog) driver() *sarif.ToolComponent {
	driver := &sarif.ToolComponent{
		Name: toolName, InformationURI: to(toolURL), Version: to(l.Version), Rules: []*sarif.ReportingDescriptor{},
	}
	if v := semantic.FindStringSubmatch(l.Version); v != nil {
		driver.SemanticVersion = to(v[1])
	}
	for _, r := range l.rules {
		driver.Rules = append(driver.Rules, descriptor(r))
	}
	return driver
}

var semantic = regexp.MustCompile(`^v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$`)

// category keeps the alerts of one image apart from those of the next: of two
// uploads for a commit, GitHub lets the later one replace the earlier of the
// same category.
func (l *sarifLog) category() string {
	if l.Category != "" || len(l.report.Images) == 0 {
		return strings.TrimRight(l.Category, "/")
	}
	return "image/" + repository(l.report.Images[0].Name)
}

func (l *sarifLog) properties() sarif.Properties {
	p := sarif.Properties{"bytes": l.report.Stats.Bytes, "suppressed": l.report.Suppressed}
	images := l.report.Images
	if len(images) == 0 {
		return p
	}
	p["images"] = images
	p["imageName"] = images[0].Name
	if images[0].Digest != "" {
		p["imageDigest"] = images[0].Digest
	}
	var platforms []string
	for _, image := range images {
		if image.Platform != "" && !slices.Contains(platforms, image.Platform) {
			platforms = append(platforms, image.Platform)
		}
	}
	if platforms != nil {
		p["platforms"] = platforms
	}
	return p
}

// mostExamples is how many of the things left out for one reason are named.
const mostExamples = 5

// mostNotified is how many decisions that hide nothing are named.
const mostNotified = 100

// invocation says how the scan went: what could not be read is an error, a
// decision that hides nothing a note, what was left out one for each reason.
func (l *sarifLog) invocation() *sarif.Invocation {
	run := &sarif.Invocation{ExecutionSuccessful: to(l.report.Complete)}
	notify := func(level, text string) {
		run.ToolExecutionNotifications = append(run.ToolExecutionNotifications,
			&sarif.Notification{Level: level, Message: message(text)})
	}
	for _, p := range l.report.Problems {
		notify("error", p.Where+": "+p.Err)
	}
	for _, text := range l.trimmed() {
		notify("warning", text)
	}
	for i := range l.report.Stale[:min(len(l.report.Stale), mostNotified)] {
		notify("note", outlived(&l.report.Stale[i], l.Now))
	}
	if more := len(l.report.Stale) - mostNotified; more > 0 {
		notify("note", fmt.Sprintf("%d more decisions hide nothing; the JSON report has them all", more))
	}
	for _, group := range byReason(l.report.Skipped) {
		notify("note", leftOut(group))
	}
	return run
}

func leftOut(group []scanner.Skipped) string {
	var names []string
	for _, s := range group[:min(len(group), mostExamples)] {
		names = append(names, s.Path)
	}
	text := fmt.Sprintf("left out: %s: %s", group[0].Reason, strings.Join(names, ", "))
	if more := len(group) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// message is a text in SARIF's own syntax (3.11): a brace starts a
// placeholder, and "[text](target)" is a link, which names found in an image
// must not make.
func message(text string) *sarif.Message {
	text = harmless(text)
	if strings.Contains(text, "](") {
		text = linkSyntax.Replace(text)
	}
	return &sarif.Message{Text: to(braces.Replace(text))}
}

var (
	linkSyntax = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`)
	braces     = strings.NewReplacer("{", "{{", "}", "}}")
)
