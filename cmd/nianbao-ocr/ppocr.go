//go:build cgo && unix

package main

import (
	"fmt"
	"image"
	"os"
	"path/filepath"

	ort "github.com/yalue/onnxruntime_go"

	"nianbao/extract/ocr/engine"
)

// ppocr recognises lines by the PP-OCR model in ONNX Runtime.
type ppocr struct {
	dir     string
	session *ort.DynamicAdvancedSession // nil until first needed
	decoder *decoder
	in, out []float32 // room for one line after another
}

// findPPOCR checks the files of PP-OCR and loads ONNX Runtime, but not the model.
func findPPOCR() (engine.Engine, engine.Reader, error) {
	var e engine.Engine
	dir, err := modelsFolder()
	if err != nil {
		return e, nil, err
	}
	for _, name := range []string{recogniser, dictionary, runtimeLibrary()} {
		m, err := pinned(dir, name)
		if err != nil {
			return e, nil, err
		}
		e.Models = append(e.Models, m)
	}
	ort.SetSharedLibraryPath(filepath.Join(dir, runtimeLibrary()))
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
		return e, nil, fmt.Errorf("load ONNX Runtime: %w", err)
	}
	e.Version = ort.GetVersion()
	p := &ppocr{dir: dir}
	return e, p.read, nil
}

func (p *ppocr) read(kind engine.Kind, images []*image.Gray) ([]engine.Line, error) {
	if err := p.load(); err != nil {
		return nil, err
	}
	lines := make([]engine.Line, len(images))
	for i, m := range images {
		symbols, err := p.line(kind, m)
		if err != nil {
			lines[i].Error = err.Error()
			continue
		}
		lines[i].Symbols = symbols
	}
	return lines, nil
}

// load loads the model where that was not done before.
func (p *ppocr) load() error {
	if p.session != nil {
		return nil
	}
	entries, err := readDictionary(filepath.Join(p.dir, dictionary))
	if err != nil {
		return fmt.Errorf("read the dictionary: %w", err)
	}
	model, err := os.ReadFile(filepath.Join(p.dir, recogniser))
	if err != nil {
		return fmt.Errorf("load the model: %w", err)
	}
	if model, err = fuse(model); err != nil {
		return err
	}
	session, err := newSession(model)
	if err != nil {
		return fmt.Errorf("load the model: %w", err)
	}
	p.session, p.decoder = session, newDecoder(entries)
	return nil
}

// newSession makes a model ready to be run.
func newSession(model []byte) (*ort.DynamicAdvancedSession, error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer options.Destroy()
	// More threads cost processor time and gain none on one line. Plans of memory
	// are kept for each width of line that was ever read; without them the arena
	// stays small.
	for _, err := range []error{
		options.SetIntraOpNumThreads(1),
		options.SetInterOpNumThreads(1),
		options.SetMemPattern(false),
	} {
		if err != nil {
			return nil, fmt.Errorf("set up ONNX Runtime: %w", err)
		}
	}
	return ort.NewDynamicAdvancedSessionWithONNXData(model, []string{"x"}, []string{"softmax_11.tmp_0"}, options)
}

func (p *ppocr) line(kind engine.Kind, m *image.Gray) ([]engine.Symbol, error) {
	if w, h := m.Rect.Dx(), m.Rect.Dy(); w*heightFor(h) > maxWidth*h {
		return nil, fmt.Errorf("%d×%d pixels are too long a line", w, h)
	}
	var width, height int
	var scale float64
	p.in, width, height, scale = tensor(m, p.in)
	p.out = sized(p.out, width/stepColumns*len(p.decoder.entries))
	if err := infer(p.session, p.in, height, width, p.out); err != nil {
		return nil, fmt.Errorf("run the model: %w", err)
	}
	return p.decoder.read(p.out, kind, scale, m.Rect.Dx()), nil
}

// infer puts the probability of every entry of the dictionary at each step into out.
func infer(session *ort.DynamicAdvancedSession, data []float32, height, width int, out []float32) error {
	input, err := ort.NewTensor(ort.NewShape(1, 3, int64(height), int64(width)), data)
	if err != nil {
		return err
	}
	defer input.Destroy()
	steps := width / stepColumns
	output, err := ort.NewTensor(ort.NewShape(1, int64(steps), int64(len(out)/steps)), out)
	if err != nil {
		return err
	}
	defer output.Destroy()
	return session.Run([]ort.Value{input}, []ort.Value{output})
}
