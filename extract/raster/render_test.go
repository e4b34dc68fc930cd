package raster

import (
	"image"
	"image/draw"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	pdfium "github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

var engine = sync.OnceValues(func() (pdfium.Pool, error) {
	conf := wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling)
	if dir, err := os.UserCacheDir(); err == nil {
		if cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(dir, "nianbao", "wasm")); err == nil {
			conf = conf.WithCompilationCache(cache)
		}
	}
	return webassembly.Init(webassembly.Config{MaxTotal: 1, RuntimeConfig: conf, FSConfig: wazero.NewFSConfig().WithReadOnlyDirMount("/", "/"), Stdout: io.Discard, Stderr: io.Discard})
})

// render draws the pages of a PDF.
func render(t testing.TB, b []byte, dpi int) (out []*image.RGBA) {
	t.Helper()
	pool, err := engine()
	if err != nil {
		t.Fatal(err)
	}
	inst, err := pool.GetInstance(time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer inst.Close()
	doc, err := inst.OpenDocument(&requests.OpenDocument{File: &b})
	if err != nil {
		t.Fatal(err)
	}
	n, err := inst.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: doc.Document})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n.PageCount {
		r, err := inst.RenderPageInDPI(&requests.RenderPageInDPI{DPI: dpi, Page: requests.Page{ByIndex: &requests.PageByIndex{Document: doc.Document, Index: i}}})
		if err != nil {
			t.Fatal(err)
		}
		img := image.NewRGBA(r.Result.Image.Bounds())
		draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(img, img.Rect, r.Result.Image, r.Result.Image.Bounds().Min, draw.Over)
		r.Cleanup()
		out = append(out, img)
	}
	return out
}
