package pipeline

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"nianbao/fixtures/sweep"
)

// corpus returns the sample reports of one format and how many pages they have.
func corpus(b *testing.B, pattern string) (files [][]byte, pages, bytes int) {
	b.Helper()
	paths, err := filepath.Glob("../fixtures/samples/reports/" + pattern)
	if err != nil || len(paths) == 0 {
		b.Fatalf("no samples %s: %v", pattern, err)
	}
	for _, path := range paths {
		f, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		rep, _, _ := perform(request{From: Extract}, f, Options{})
		if rep.Refusal != nil {
			b.Fatalf("%s: %v", path, rep.Refusal)
		}
		files = append(files, f)
		pages += rep.Pages
		bytes += len(f)
	}
	return files, pages, bytes
}

// BenchmarkRead is extracting and normalizing alone, in this process.
func BenchmarkRead(b *testing.B) {
	for _, c := range []struct{ name, pattern string }{{"PDF", "*.pdf"}, {"HTML", "*.html"}} {
		b.Run(c.name, func(b *testing.B) {
			files, pages, bytes := corpus(b, c.pattern)
			b.SetBytes(int64(bytes))
			b.ReportAllocs()
			n := 0
			start := ownTime()
			for b.Loop() {
				for _, f := range files {
					perform(request{From: Extract}, f, Options{})
				}
				n += pages
			}
			rate(b, n, ownTime()-start)
		})
	}
}

// BenchmarkReadOffice is the same for reports laid out as documents of word
// processors, and pages saved as one file.
func BenchmarkReadOffice(b *testing.B) {
	for _, source := range []string{"docx", "doc", "rtf", "xls", "xlsx", "ofd", "wordml", "mht", "markdown"} {
		b.Run(source, func(b *testing.B) {
			var files [][]byte
			bytes := 0
			for seed := range uint64(20) {
				c := sweep.Make(seed, source)
				files = append(files, c.Data)
				bytes += len(c.Data)
			}
			b.SetBytes(int64(bytes))
			b.ReportAllocs()
			n := 0
			start := ownTime()
			for b.Loop() {
				for _, f := range files {
					perform(request{From: Extract}, f, Options{})
				}
				n += len(files)
			}
			b.ReportMetric(float64(n)/(ownTime()-start).Seconds(), "files/cpu-s")
		})
	}
}

// BenchmarkAdd is the whole of nianbao add: storing, extracting and normalizing
// in workers, indexing. Its processor time is that of all processes.
func BenchmarkAdd(b *testing.B) {
	for _, c := range []struct{ name, pattern, comment string }{{"PDF", "*.pdf", "\n%%%d"}, {"HTML", "*.html", "<!--%d-->"}} {
		b.Run(c.name, func(b *testing.B) {
			files, pages, bytes := corpus(b, c.pattern)
			b.SetBytes(int64(bytes))
			s, _ := testStore(b)
			p := NewPool(func() *exec.Cmd {
				cmd := exec.Command(os.Args[0])
				cmd.Env = append(os.Environ(), asWorker+"=real")
				return cmd
			}, DefaultLimits())
			r := &Runner{Pool: p, Store: s}
			start := ownTime()
			n, copies := 0, 0
			for b.Loop() {
				for range 10 { // bytes that were not seen before, all the time
					for i, f := range files {
						copies++
						file := fmt.Appendf(f[:len(f):len(f)], c.comment, copies)
						if _, _, err := r.Add(b.Context(), fmt.Sprintf("%d-%d", i, copies), file); err != nil {
							b.Fatal(err)
						}
					}
					n += pages
				}
				if err := r.Run(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			p.Close()
			u := p.Usage()
			rate(b, n, ownTime()-start+u.CPU)
			b.SetBytes(int64(10 * bytes))
			b.ReportMetric(float64(u.PeakMemory)/(1<<20), "MB/worker")
		})
	}
}

// rate reports pages per second of processor time; web pages have none.
func rate(b *testing.B, pages int, used time.Duration) {
	if pages > 0 {
		b.ReportMetric(float64(pages)/used.Seconds(), "pages/cpu-s")
	}
}

// ownTime is the processor time of this process.
func ownTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
