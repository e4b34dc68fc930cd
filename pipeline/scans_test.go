package pipeline

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"nianbao/extract/ocr"
	"nianbao/extract/ocr/engine"
	"nianbao/fixtures/samples"
	"nianbao/fixtures/score"
)

// The scanned samples are read by the real engines: nothing silently wrong, and
// as much right and as little under review as their kind of scan allows.
func TestScans(t *testing.T) {
	program := engine.Find()
	if program == "" {
		t.Skip("nianbao-ocr is not built: go tool task build")
	}
	client, err := engine.Start(context.Background(), program, engine.DefaultLimits())
	if err != nil {
		t.Skipf("nianbao-ocr does not run: %v", err)
	}
	defer client.Close()
	hello := client.Info()
	_, ppocr := hello.Engine(engine.PPOCR)
	if _, tesseract := hello.Engine(engine.Tesseract); !ppocr || !tesseract {
		t.Skipf("engines are missing: %v", hello.Missing)
	}
	o := Options{recogniser: ocr.New(func() (ocr.Engine, error) { return client, nil })}
	var good score.Count // of clear scans: thin print in black and white, fax and a coarse photograph are not
	for _, s := range samples.Scans() {
		b, err := os.ReadFile(filepath.Join("../fixtures/samples", s.Path()))
		if err != nil {
			t.Fatal(err)
		}
		rep, _, artifact := perform(request{From: Extract}, b, o)
		if rep.Refusal != nil {
			t.Errorf("%s: %v", s.Name, rep.Refusal)
			continue
		}
		report, err := ParseReport(artifact)
		if err != nil {
			t.Fatal(err)
		}
		count, misses := score.Compare(s.Report.Truth, report)
		t.Logf("%s, %s: %d of %d right, %d of them for review; %d silent", s.Name, s.Condition, count.Right, count.Cells, count.RightReview, count.Silent)
		if count.Silent > 0 {
			t.Errorf("%s: silently wrong: %v", s.Name, misses)
		}
		if s.Condition == "redseal" {
			good.Add(count)
		}
	}
	if good.Share() < 0.995 || good.RightReview*100 > good.Right {
		t.Errorf("%d of %d right, %d of them for review", good.Right, good.Cells, good.RightReview)
	}
}
