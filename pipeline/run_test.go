package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nianbao/store"
)

func testStore(t testing.TB) (*store.Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, dir
}

// run does what is to be done and returns what became of each file.
func run(t *testing.T, ctx context.Context, r *Runner) (outcomes map[string]string, err error) {
	t.Helper()
	outcomes = map[string]string{}
	r.Done = func(o Outcome) {
		if o.Report.Form == "" {
			outcomes[o.Path] = o.Report.Findings[0].Rule
		} else {
			outcomes[o.Path] = o.Report.Agency.Name
		}
	}
	return outcomes, r.Run(ctx)
}

func add(t *testing.T, r *Runner, path, content string) {
	t.Helper()
	if _, _, err := r.Add(t.Context(), path, []byte(content)); err != nil {
		t.Fatal(err)
	}
}

func want(t *testing.T, what string, got map[string]string, err error, pairs ...string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if len(got) != len(pairs)/2 {
		t.Errorf("%s: outcomes %v, want %v", what, got, pairs)
	}
	for i := 0; i < len(pairs); i += 2 {
		if got[pairs[i]] != pairs[i+1] {
			t.Errorf("%s: %s gave %q, want %q", what, pairs[i], got[pairs[i]], pairs[i+1])
		}
	}
}

func TestRun(t *testing.T) {
	s, dir := testStore(t)
	r := &Runner{Pool: testPool(t, "misbehave", func(l *Limits) { l.Jobs = 2; l.Time = 2 * time.Second }), Store: s}
	started := -1
	r.Started = func(n int) { started = n }
	add(t, r, "a", "1 agency 甲局")
	add(t, r, "b", "crash")
	add(t, r, "c", "hang")
	add(t, r, "d", "2 agency 乙局")
	got, err := run(t, t.Context(), r)
	want(t, "the first run", got, err, "a", "甲局", "b", "damaged", "c", "too_large", "d", "乙局")
	if started != 4 {
		t.Errorf("the run was said to have %d files, want 4", started)
	}
	workers := r.Pool.Usage().Workers
	add(t, r, "a", "1 agency 甲局")
	got, err = run(t, t.Context(), r)
	want(t, "a second run", got, err)

	// A new index needs no worker.
	old := Versions[Index]
	Versions[Index] = old + " and another"
	got, err = run(t, t.Context(), r)
	Versions[Index] = old
	want(t, "a new index", got, err, "a", "甲局", "b", "damaged", "c", "too_large", "d", "乙局")
	if now := r.Pool.Usage().Workers; now != workers {
		t.Errorf("indexing started %d workers", now-workers)
	}
	// Artifacts that are gone are made again.
	if err := filepath.WalkDir(filepath.Join(dir, "blobs"), func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".zst") {
			err = os.Remove(path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	got, err = run(t, t.Context(), r)
	want(t, "back to the old index", got, err, "a", "甲局", "b", "damaged", "c", "too_large", "d", "乙局")
	reports, err := s.LiveReports(t.Context(), 2021)
	if err != nil || len(reports) != 2 || reports[0].MediaType != "test" {
		t.Errorf("live reports %+v, %v, want two with their media type", reports, err)
	}
	if sum, _ := reports[0].Artifact(); sum != "" {
		if _, err := s.Get(sum); err != nil {
			t.Error(err)
		}
	}
}

func TestRunCancelled(t *testing.T) {
	s, _ := testStore(t)
	r := &Runner{Pool: testPool(t, "misbehave", nil), Store: s}
	for i := range 10 {
		add(t, r, fmt.Sprint(i), fmt.Sprintf("%d agency 局%d", i, i))
	}
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	r.Started = func(int) { n = 0 }
	first := map[string]bool{}
	r.Done = func(o Outcome) {
		first[o.Path] = true
		if n++; n == 3 {
			cancel()
		}
	}
	if err := r.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("a cancelled run ended with %v", err)
	}
	rest, err := run(t, t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		path := fmt.Sprint(i)
		if _, again := rest[path]; again == first[path] {
			t.Errorf("file %s: done before the end %v, after it %v", path, first[path], again)
		}
	}
}

// A run that is stopped within a scan keeps what was finished; the next one
// reads the scan, and nothing else.
func TestRunCancelledWithinPages(t *testing.T) {
	s, _ := testStore(t)
	r := &Runner{Pool: testPool(t, "misbehave", nil), Store: s}
	add(t, r, "text", "1 agency 甲局")
	add(t, r, "long", "scan agency 乙局")
	add(t, r, "other", "2 agency 丙局")
	ctx, cancel := context.WithCancel(t.Context())
	r.Progress = func(path string, page, pages int) {
		if path != "long" || pages != 4 {
			t.Errorf("progress on page %d of %d of %s", page, pages, path)
		}
		if page == 2 {
			cancel()
		}
	}
	got, err := run(t, ctx, r)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("a cancelled run ended with %v", err)
	}
	want(t, "the cancelled run", got, nil, "text", "甲局")
	r.Progress = nil
	got, err = run(t, t.Context(), r)
	want(t, "the run after it", got, err, "long", "乙局", "other", "丙局")
}

// Other OCR engines cost the files that depend on them, and a store without such
// files does not even ask for them.
func TestRunEngines(t *testing.T) {
	s, _ := testStore(t)
	asked := 0
	engine := func(identity string, err error) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { asked++; return identity, err }
	}
	r := &Runner{Pool: testPool(t, "misbehave", func(l *Limits) { l.Jobs = 2 }), Store: s, Tools: Identities{store.OCR: engine("a", nil)}}
	wantAsked := func(what string, n int) {
		t.Helper()
		if asked != n {
			t.Errorf("%s: the engines were asked %d times, want %d", what, asked, n)
		}
		asked = 0
	}
	add(t, r, "text", "1 agency 甲局")
	for range 2 {
		if _, err := run(t, t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	wantAsked("text alone", 0)

	add(t, r, "scan", "scan agency 乙局")
	add(t, r, "picture", "picture")
	scans := []string{"scan", "乙局", "picture", "needs_ocr"}
	got, err := run(t, t.Context(), r)
	want(t, "the first scans", got, err, scans...)
	wantAsked("the first scans", 1)
	got, err = run(t, t.Context(), r)
	want(t, "the same again", got, err)
	wantAsked("the same again", 1)

	r.Tools = Identities{store.OCR: engine("b", nil)}
	got, err = run(t, t.Context(), r)
	want(t, "another engine", got, err, scans...)
	wantAsked("another engine", 1)
	r.Tools = nil
	got, err = run(t, t.Context(), r)
	want(t, "no engine", got, err, scans...)
	r.Tools = Identities{store.OCR: engine("b", nil)}
	workers := r.Pool.Usage().Workers
	v, err := Wanted(t.Context(), s, r.Tools)
	if err != nil || v.OCR != "b" {
		t.Errorf("wanted %+v, %v, want the engine b", v, err)
	}
	// The Report is the same, so that nothing is to be done; of the picture neither.
	got, err = run(t, t.Context(), r)
	want(t, "the engine of before", got, err)
	if now := r.Pool.Usage().Workers; now != workers {
		t.Error("what an engine made before was made again")
	}

	r.Tools = Identities{store.OCR: engine("", errors.New("broken"))}
	if err := r.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "version of the OCR engines") {
		t.Errorf("engines that do not answer: error %v", err)
	}
}

// What an archive holds is worked on in the same run, and once.
func TestRunArchive(t *testing.T) {
	s, _ := testStore(t)
	r := &Runner{Pool: testPool(t, "misbehave", nil), Store: s}
	r.Started = func(int) {}
	add(t, r, "zip", "archive 1 agency 甲局")
	got := map[string]string{}
	r.Done = func(o Outcome) { got[o.Path] = fmt.Sprint(o.Report.Agency.Name, len(o.Report.Members)) }
	if err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, "an archive", got, nil, "zip", "1", "zip!/m", "甲局0")
	clear(got)
	add(t, r, "other", "archive 1 agency 甲局")
	if err := r.Run(t.Context()); err != nil || len(got) > 0 {
		t.Errorf("the same archive elsewhere: %v, done again: %v", err, got)
	}
	add(t, r, "lie", "archive lie")
	if err := r.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "did not hand it on") {
		t.Errorf("an archive that lists what it does not give: error %v", err)
	}
}

func TestRunChangedFile(t *testing.T) {
	s, _ := testStore(t)
	r := &Runner{Pool: testPool(t, "misbehave", nil), Store: s}
	add(t, r, "a", "1 agency 甲局")
	if _, err := run(t, t.Context(), r); err != nil {
		t.Fatal(err)
	}
	add(t, r, "a", "2 agency 甲局")
	if _, err := run(t, t.Context(), r); err != nil {
		t.Fatal(err)
	}
	st, err := s.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if st.Reports != 1 || st.Superseded != 1 {
		t.Errorf("%d live and %d older reports, want one each", st.Reports, st.Superseded)
	}
}

func TestRunFailingStore(t *testing.T) {
	s, dir := testStore(t)
	r := &Runner{Pool: testPool(t, "misbehave", nil), Store: s}
	add(t, r, "a", "1 agency 甲局")
	if err := os.RemoveAll(filepath.Join(dir, "blobs")); err != nil {
		t.Fatal(err)
	}
	if err := r.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "work on a") {
		t.Errorf("a lost original: error %v, want one that names the file", err)
	}
}
