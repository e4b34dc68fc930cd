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
	options, err := ort.NewSessionOptions()
	if err != nil {
		return err
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
			return fmt.Errorf("set up ONNX Runtime: %w", err)
		}
	}
	model, err := os.ReadFile(filepath.Join(p.dir, recogniser))
	if err != nil {
		return fmt.Errorf("load the model: %w", err)
	}
	if model, err = fuse(model); err != nil {
		return err
	}
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(model, []string{"x"}, []string{"softmax_11.tmp_0"}, options)
	if err != nil {
		return fmt.Errorf("load the model: %w", err)
	}
	p.session, p.decoder = session, newDecoder(entries)
	return nil
}

func (p *ppocr) line(kind engine.Kind, m *image.Gray) ([]engine.Symbol, error) {
	if w, h := m.Rect.Dx(), m.Rect.Dy(); w*inputHeight > maxWidth*h {
		return nil, fmt.Errorf("%d×%d pixels are too long a line", w, h)
	}
	data, width, scale := tensor(m)
	input, err := ort.NewTensor(ort.NewShape(1, 3, inputHeight, int64(width)), data)
	if err != nil {
		return nil, err
	}
	defer input.Destroy()
	output, err := ort.NewEmptyTensor[float32](ort.NewShape(1, int64(width/stepColumns), int64(len(p.decoder.entries))))
	if err != nil {
		return nil, err
	}
	defer output.Destroy()
	if err := p.session.Run([]ort.Value{input}, []ort.Value{output}); err != nil {
		return nil, fmt.Errorf("run the model: %w", err)
	}
	return p.decoder.read(output.GetData(), kind, scale, m.Rect.Dx()), nil
}
