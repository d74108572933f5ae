package dockerfile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFix has instructions and how they are rewritten.
func TestFix(t *testing.T) {
	mount := func(name string) string {
		return "--mount=type=secret,id=" + strings.ToLower(name) + ",env=" + name + " "
	}
	build := func(name string) string {
		return "\n# docker build --secret id=" + strings.ToLower(name) + ",env=" + name + " ."
	}
	for name, c := range map[string]struct {
		text string // after FROM a
		want []string
	}{
		"run":           {"RUN npm_token=" + tok + " npm ci", []string{"RUN " + mount("NPM_TOKEN") + "npm_token=$NPM_TOKEN npm ci" + build("NPM_TOKEN")}},
		"run, flag":     {"RUN --network=none x --api-key " + tok + "_a", nil},
		"run, option":   {"RUN --network=none x --api-key " + tok, []string{"RUN " + mount("API_KEY") + "--network=none x --api-key $API_KEY" + build("API_KEY")}},
		"run, url":      {"RUN git clone https://me:" + tok + "@h.example/x", []string{"RUN " + mount("TEST_TOKEN") + "git clone https://me:$TEST_TOKEN@h.example/x" + build("TEST_TOKEN")}},
		"run, quoted":   {"RUN x -H 'X-Key: " + tok + "' && \\\n y \"" + tok + `"`, []string{"RUN " + mount("X_KEY") + mount("TEST_TOKEN") + `x -H 'X-Key: '"$X_KEY"'' &&  y "$TEST_TOKEN"` + "\n# docker build --secret id=x_key,env=X_KEY --secret id=test_token,env=TEST_TOKEN .", ""}},
		"run, exec":     {`RUN ["x", "--key=` + tok + `", "a b"]`, []string{"RUN " + mount("KEY") + `x --key=$KEY "a b"` + build("KEY")}},
		"run, sh":       {`RUN ["/bin/sh", "-c", "x KEY=` + tok + `"]`, []string{"RUN " + mount("KEY") + "x KEY=$KEY" + build("KEY")}},
		"run, heredoc":  {"RUN <<EOF\nset -e\nKEY=" + tok + " x\nEOF", []string{"RUN " + mount("KEY") + "<<EOF\nset -e\nKEY=$KEY x\nEOF" + build("KEY")}},
		"arg and run":   {"ARG A=" + tok + "\nRUN x $A", []string{"RUN " + mount("A") + "..." + build("A"), "RUN " + mount("A") + "x $A" + build("A")}},
		"arg, others":   {"ARG X A=" + tok + " Y=1", []string{"ARG X Y=1\nRUN " + mount("A") + "..." + build("A")}},
		"env":           {"ENV DB=" + tok, []string{"# docker run --env DB ..."}},
		"env, others":   {"ENV X='a b' DB=" + tok + " \\\n  Y=2", []string{"ENV X='a b' Y=2\n# docker run --env DB ..."}},
		"label":         {"LABEL x=" + tok, []string{"# no LABEL: anyone who can pull the image reads it"}},
		"label, others": {"LABEL x=" + tok + " y=1", []string{"LABEL y=1"}},
		"cmd":           {"CMD x --key=" + tok, []string{"CMD x --key=$KEY\n# docker run --env KEY ..."}},
		"cmd, exec":     {`CMD ["x", "--key=` + tok + `"]`, []string{"CMD exec x --key=$KEY\n# docker run --env KEY ..."}},
		"healthcheck":   {"HEALTHCHECK --timeout=1s CMD x --key=" + tok, []string{"HEALTHCHECK --timeout=1s CMD x --key=$KEY\n# docker run --env KEY ..."}},
		"copy heredoc":  {"COPY <<EOF /app/.npmrc\nkey=" + tok + "\nEOF", []string{"RUN --mount=type=secret,id=npmrc,target=/app/.npmrc ...\n# docker build --secret id=npmrc,src=FILE ."}},
		"add":           {"ADD https://me:" + tok + "@h.example/x.tgz /x/", []string{"RUN --mount=type=secret,id=netrc,target=/root/.netrc curl -fsSL --netrc -o /x/ https://h.example/x.tgz\n# docker build --secret id=netrc,src=$HOME/.netrc ."}},
		"add, git":      {"ADD https://" + tok + "@h.example/x.git#main /x", []string{"ADD https://h.example/x.git#main /x\n# docker build --secret id=GIT_AUTH_TOKEN,env=GIT_AUTH_TOKEN ."}},
		"onbuild":       {"ONBUILD RUN KEY=" + tok + " x", []string{"ONBUILD RUN " + mount("KEY") + "KEY=$KEY x" + build("KEY")}},
		"comment":       {"# key=" + tok + " x", []string{"# key=**** x"}},
		"user":          {"USER " + tok, []string{"USER $TEST_TOKEN"}},
		"two":           {"ENV A=" + tok + " B=" + two + " C=1", []string{"ENV C=1\n# docker run --env A --env B ...", "ENV C=1\n# docker run --env A --env B ..."}},
		"split":         {"ARG A=tok_8f3a91c7 B=d20be64f\nRUN x $A${B}", []string{"RUN " + mount("A") + mount("B") + "...\n# docker build --secret id=a,env=A --secret id=b,env=B .", "RUN " + mount("A") + mount("B") + "x $A${B}\n# docker build --secret id=a,env=A --secret id=b,env=B ."}},
	} {
		t.Run(name, func(t *testing.T) {
			r := report(t, folder(t, map[string]string{"Dockerfile": "FROM a\n" + c.text}), Options{})
			var got []string
			for _, f := range r.Findings {
				for _, o := range f.Occurrences {
					got = append(got, o.Fix)
				}
			}
			if name == "run, quoted" { // one rewriting, at both places
				c.want[1] = c.want[0]
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			leaks(t, r, "8f3a91c7", "d20be64f")
		})
	}
}

// TestFixContext has files of the context and what is written instead.
func TestFixContext(t *testing.T) {
	for copied, want := range map[string]string{
		"COPY .env /app/":           "RUN --mount=type=secret,id=env,target=/app/.env ...",
		"COPY .env .":               "RUN --mount=type=secret,id=env,target=.env ...",
		"COPY .env /app/config.env": "RUN --mount=type=secret,id=env,target=/app/config.env ...",
		"COPY . /app":               "RUN --mount=type=secret,id=env,target=/app/.env ...",
	} {
		r := report(t, folder(t, map[string]string{"Dockerfile": "FROM a\n" + copied, ".env": tok}), Options{})
		want += "\n# docker build --secret id=env,src=.env .\n# .dockerignore: .env"
		if len(r.Findings) != 1 || r.Findings[0].Occurrences[0].Fix != want {
			t.Errorf("%s: %v, want %q", copied, r.Findings, want)
		}
	}
}
