package pdf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	pdfium "github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// ReaderPDFium names PDFium as the reader of a page.
const ReaderPDFium = "pdf/pdfium"

// memoryPages bounds one instance: 4608 pages of 64 kB are 288 MB, which leaves
// the process that holds it below 512 MB.
const memoryPages = 4608

// engine is the compiled PDFium of this process, started when first needed.
// Its memory only grows and an allocation that failed leaves it unusable, so
// every document gets an instance of its own.
var engine struct {
	sync.Mutex
	pool pdfium.Pool
	err  error
}

// startEngine compiles PDFium, or takes it from the cache folder, where the
// first process leaves it: 0.1 s instead of seconds.
func startEngine(cacheDir string) (pdfium.Pool, error) {
	engine.Lock()
	defer engine.Unlock()
	if engine.pool != nil || engine.err != nil {
		return engine.pool, engine.err
	}
	conf := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(memoryPages)
	if cacheDir == "" {
		if dir, err := os.UserCacheDir(); err == nil {
			cacheDir = filepath.Join(dir, "nianbao")
		}
	}
	if cacheDir != "" { // without a place for it, it is compiled anew
		if cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(cacheDir, "wasm")); err == nil {
			conf = conf.WithCompilationCache(cache)
		}
	}
	engine.pool, engine.err = webassembly.Init(webassembly.Config{
		Context:  inPlace(context.Background()),
		MaxTotal: 8, MaxIdle: 0,
		RuntimeConfig: conf,
		FSConfig:      wazero.NewFSConfig().WithFSMount(fontFolder{os.DirFS(systemFonts)}, "/"),
		Stdout:        io.Discard, Stderr: io.Discard,
	})
	if engine.err != nil {
		engine.err = fmt.Errorf("start PDFium: %w", engine.err)
	}
	return engine.pool, engine.err
}

// Prepare compiles PDFium into the cache, so that the first file that needs it
// does not wait for that. An empty cacheDir means the user's cache.
func Prepare(cacheDir string) error {
	_, err := startEngine(cacheDir)
	return err
}

const systemFonts = "/usr/share/fonts"

// fontFolder is the file system PDFium sees: the system's fonts at the place
// where it looks for them, read-only, and nothing else.
type fontFolder struct{ fonts fs.FS }

func (f fontFolder) Open(name string) (fs.File, error) {
	rest, ok := strings.CutPrefix("/"+name, systemFonts)
	if !ok && (name == "." || strings.HasPrefix(systemFonts, "/"+name)) {
		return f.fonts.Open(".") // the folders above show as folders
	}
	if rest = strings.TrimPrefix(rest, "/"); rest == "" {
		rest = "."
	}
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.fonts.Open(rest)
}

// errPassword: the file is encrypted and no password given fits.
var errPassword = errors.New("no password fits")

// pdfiumFile is one document open in PDFium.
type pdfiumFile struct {
	pdfium.Pdfium
	doc   references.FPDF_DOCUMENT
	count int
}

// cause is what a crash within the sandbox, or an error that tells of one, was
// for, without the stack that follows it.
func cause(crash any) string {
	first, _, _ := strings.Cut(fmt.Sprint(crash), "\n")
	return first
}

// openPDFium opens b in a fresh instance. The caller closes it.
func openPDFium(b []byte, opt Options) (f *pdfiumFile, err error) {
	pool, err := startEngine(opt.CacheDir)
	if err != nil {
		return nil, err
	}
	inst, err := pool.GetInstance(time.Minute)
	if err != nil {
		return nil, fmt.Errorf("start PDFium: %w", err)
	}
	f = &pdfiumFile{Pdfium: inst}
	defer func() {
		if x := recover(); x != nil { // a crash within the sandbox
			f, err = nil, fmt.Errorf("PDFium: %s", cause(x))
		}
		if err != nil {
			inst.Close()
		}
	}()
	for _, pw := range append([]string{""}, opt.Passwords...) {
		r, e := inst.OpenDocument(&requests.OpenDocument{File: &b, Password: &pw})
		if err = e; e == nil {
			f.doc = r.Document
			break
		}
		if !errors.Is(e, pdfiumerrors.ErrPassword) {
			return nil, fmt.Errorf("PDFium: %w", e)
		}
	}
	if err != nil {
		return nil, errPassword
	}
	n, err := inst.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: f.doc})
	if err != nil {
		return nil, fmt.Errorf("PDFium: %w", err)
	}
	f.count = n.PageCount
	return f, nil
}
