package main

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/mattn/go-runewidth"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/simplifiedchinese"

	"nianbao/extract/archive/archivetest"
	"nianbao/extract/ocr/engine"
	"nianbao/store/storetest/pgtest"
)

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"nianbao": main, "fake-ocr": fakeOCR})
}

// tests stop at their end what they started.
type tests struct{ *testing.M }

func (t tests) Run() int {
	defer pgtest.Stop()
	return t.M.Run()
}

// fakeOCR is an OCR program with one engine, of the version that the environment
// says, which reads nothing; or one that crashes on whatever it is to read.
func fakeOCR() {
	one := engine.Engine{Name: "fake", Version: os.Getenv("FAKE_VERSION")}
	readers := map[string]engine.Reader{}
	if os.Getenv("FAKE_CRASH") != "" {
		one.Name = engine.Tesseract
		readers[one.Name] = func(engine.Kind, []*image.Gray) ([]engine.Line, error) {
			fmt.Fprintln(os.Stderr, "panic: made to crash")
			os.Exit(3)
			return nil, nil
		}
	}
	if err := engine.Serve(os.Stdin, os.Stdout, engine.Hello{Engines: []engine.Engine{one}}, readers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// workerCommand starts a worker; the path leads to this test program.
func workerCommand() *exec.Cmd { return exec.Command("nianbao", "worker") }

// TestScripts runs the command line as a user does. Beside the commands of
// testscript there are:
//
//	exits N COMMAND...   run a command that must end with status N
//	aligned STDOUT-PART  the lines of standard output between the one that
//	                     begins with this part and the next empty one end in the
//	                     same column, as a terminal shows them, save headings
//	valid                every line of standard output holds to the schema
//	drawn FILE W H       the PNG file is W by H pixels large and shows something
//	database             set DB to the address of an empty PostgreSQL database
//	bucket               set BUCKET to the address of an empty bucket of S3
//	pack OUT NAME=FILE…  make a zip or rar file, by OUT's ending, with names in GB18030;
//	                     NAME! makes one that is said to be encrypted
//	tables IN OUT N...   copy a web page with none of its tables but those, counted from 1
//	bare IN OUT N...     write those tables alone
//	swap IN OLD NEW OUT  copy a file with all of a text replaced, and changed at its end
func TestScripts(t *testing.T) {
	samples, err := filepath.Abs("../../fixtures/samples/reports")
	if err != nil {
		t.Fatal(err)
	}
	s := formatSchema(t)
	cache := t.TempDir() // the PDF engine is compiled once for all scripts
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("SAMPLES", samples)
			e.Setenv("SCANS", filepath.Join(filepath.Dir(samples), "scans", "reports"))
			for _, name := range []string{"NIANBAO_DATA", "NIANBAO_DB", "NIANBAO_BLOBS"} {
				e.Setenv(name, "")
			}
			e.Setenv("XDG_CACHE_HOME", cache)
			return nil
		},
		Condition: func(c string) (bool, error) {
			if c != "postgres" {
				return false, fmt.Errorf("unknown condition %q", c)
			}
			return pgtest.Installed(), nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"database": func(ts *testscript.TestScript, _ bool, _ []string) {
				ts.Setenv("DB", pgtest.Address(t))
			},
			"bucket":  bucket,
			"exits":   exits,
			"aligned": aligned,
			"drawn":   drawn,
			"pack":    pack,
			"tables":  tables,
			"bare":    onlyTables,
			"swap": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 4 {
					ts.Fatalf("usage: swap IN OLD NEW OUT")
				}
				b := strings.ReplaceAll(ts.ReadFile(args[0]), args[1], args[2]) + "\n"
				ts.Check(os.WriteFile(ts.MkAbs(args[3]), []byte(b), 0o644))
			},
			"valid": func(ts *testscript.TestScript, _ bool, _ []string) {
				n := 0
				for line := range strings.Lines(ts.ReadFile("stdout")) {
					n++
					if err := validate(t, s, []byte(line)); err != nil {
						ts.Fatalf("line %d: %v", n, err)
					}
				}
				if n == 0 {
					ts.Fatalf("no lines")
				}
			},
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

func bucket(ts *testscript.TestScript, _ bool, _ []string) {
	backend := s3mem.New()
	ts.Check(backend.CreateBucket("reports"))
	server := httptest.NewServer(gofakes3.New(backend).Server())
	ts.Defer(server.Close)
	ts.Setenv("BUCKET", "s3://reports/nianbao")
	ts.Setenv("AWS_ENDPOINT_URL", server.URL)
	ts.Setenv("AWS_REGION", "us-east-1")
	ts.Setenv("AWS_ACCESS_KEY_ID", "key")
	ts.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
}

func drawn(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: drawn FILE WIDTH HEIGHT")
	}
	m, err := png.Decode(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	size := m.Bounds().Size()
	if got := fmt.Sprint(size.X, " ", size.Y); got != args[1]+" "+args[2] {
		ts.Fatalf("%s is %s pixels large", args[0], got)
	}
	dark := 0
	for y := range size.Y {
		for x := range size.X {
			if color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y < 128 {
				dark++
			}
		}
	}
	if share := float64(dark) / float64(size.X*size.Y); share < 0.005 || share > 0.5 {
		ts.Fatalf("%.3f of %s is dark", share, args[0])
	}
}

func pack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: pack OUT NAME=FILE...")
	}
	var zips []archivetest.Zip
	var rars []archivetest.Rar
	for _, arg := range args[1:] {
		name, file, _ := strings.Cut(arg, "=")
		name, encrypted := strings.CutSuffix(name, "!")
		raw, err := simplifiedchinese.GB18030.NewEncoder().String(name)
		ts.Check(err)
		body := []byte(ts.ReadFile(file))
		zips = append(zips, archivetest.Zip{Name: raw, Body: body, Method: 8, Encrypted: encrypted})
		rars = append(rars, archivetest.Rar{Name: raw, Body: body, Encrypted: encrypted})
	}
	b := archivetest.MakeZip(zips...)
	if strings.HasSuffix(args[0], ".rar") {
		b = archivetest.MakeRar4(rars...)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o644))
}

var htmlTable = regexp.MustCompile(`(?s)<table.*?</table>`)

func tables(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: tables IN OUT N...")
	}
	n := 0
	page := htmlTable.ReplaceAllStringFunc(ts.ReadFile(args[0]), func(table string) string {
		if n++; slices.Contains(args[2:], strconv.Itoa(n)) {
			return table
		}
		return ""
	})
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(page), 0o644))
}

func onlyTables(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: bare IN OUT N...")
	}
	page := ""
	for i, table := range htmlTable.FindAllString(ts.ReadFile(args[0]), -1) {
		if slices.Contains(args[2:], strconv.Itoa(i+1)) {
			page += table[strings.LastIndex(table, "<table"):] // without what it stands in
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(page), 0o644))
}

// columns matches a line of at least two columns.
var columns = regexp.MustCompile(`\S  +\S`)

func aligned(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: aligned STDOUT-PART")
	}
	width := -1
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		line = strings.TrimRight(line, "\n")
		switch {
		case width < 0 && strings.HasPrefix(line, args[0]):
			width = runewidth.StringWidth(line)
		case width >= 0 && line == "":
			return
		case !columns.MatchString(line): // a heading
		case width >= 0 && runewidth.StringWidth(line) != width:
			ts.Fatalf("%q ends in column %d, want %d", line, runewidth.StringWidth(line), width)
		}
	}
	if width < 0 {
		ts.Fatalf("no line begins with %q", args[0])
	}
}
