package second

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"nianbao/normalize"
)

// script makes a program of a shell script.
func script(t *testing.T, s string) string {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh")
	}
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+s), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRead(t *testing.T) {
	t.Setenv("SECRET", "not for it")
	limits := DefaultLimits()
	limits.Time, limits.Output = 500*time.Millisecond, 1000
	for name, c := range map[string]struct{ script, out, err string }{
		"echo":       {`cat; printf "$SECRET"`, "a file", ""},
		"fails":      {`cat > /dev/null; echo why >&2; exit 3`, "", "why"},
		"deaf":       {`exec < /dev/null; printf ok`, "ok", ""},
		"hangs":      {`exec sleep 60`, "", "too long"},
		"spins":      {`while :; do :; done`, "", "too long"},
		"talks":      {`while :; do echo 0123456789; done`, "", "prints more"},
		"no program": {"", "", "start it"},
		"own folder": {`[ "$PWD" = "$TMPDIR" ] && ls | wc -l | tr -d ' \n'`, "0", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := &Reader{Program: "/nowhere/at/all", Limits: limits}
			if c.script != "" {
				r.Program = script(t, c.script)
			}
			out, err := r.Read(t.Context(), []byte("a file"))
			if string(out) != c.out || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("%q, %v; want %q, %s", out, err, c.out, c.err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (&Reader{Program: script(t, "exec sleep 60"), Limits: limits}).Read(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func report(form string, cells map[string]string) *normalize.Report {
	r := &normalize.Report{Form: form}
	for _, id := range []string{"a", "b", "c"} {
		if s, ok := cells[id]; ok {
			o := normalize.Observation{ID: id, Status: normalize.OK}
			if s != "" {
				v := decimal.RequireFromString(s)
				o.Value = &v
			}
			r.Observations = append(r.Observations, o)
		}
	}
	return r
}

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		ours, theirs *normalize.Report
		message      string // of the finding, "" for none
		review       string // ids
	}{
		"agree":       {report("2019", map[string]string{"a": "1", "b": ""}), report("2019", map[string]string{"a": "1.0"}), "", ""},
		"differ":      {report("2019", map[string]string{"a": "1", "b": "2"}), report("2019", map[string]string{"a": "7", "b": ""}), "p reads otherwise: a 1 / 7, b 2 / nothing", "ab"},
		"more":        {report("2019", map[string]string{"a": "1"}), report("2019", map[string]string{"a": "1", "c": "3"}), "p reads otherwise: c nothing / 3", ""},
		"other form":  {report("2019", nil), report("2021", nil), "p finds the form 2021, not 2019", ""},
		"no report":   {report("", nil), report("", nil), "", ""},
		"found by it": {report("", nil), report("2021", nil), "p finds the form 2021, not none", ""},
	} {
		Compare(c.ours, c.theirs, "p")
		message, review := "", ""
		for _, f := range c.ours.Findings {
			if f.Rule != Differs || f.Severity != normalize.Warning {
				t.Errorf("%s: %+v", name, f)
			}
			message += f.Message
		}
		for _, o := range c.ours.Observations {
			if o.Status == normalize.Review {
				review += o.ID
			}
		}
		if message != c.message || review != c.review {
			t.Errorf("%s: %q, review %q; want %q, %q", name, message, review, c.message, c.review)
		}
	}
}
