// Command nianbao-ocr runs the OCR engines, Tesseract and PP-OCR, for nianbao,
// which starts it and speaks to it as package extract/ocr/engine says. It is the
// only program here that needs cgo. Built without, it only says so.
//
// It knows what its engines need of an image, and nothing of pages and tables.
package main

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"nianbao/extract/ocr/engine"
)

// modelsEnv names the folder of the PP-OCR files.
const modelsEnv = "NIANBAO_OCR_MODELS"

// Files of PP-OCR in the models folder.
const (
	recogniser = "ch_PP-OCRv4_rec_infer.onnx"
	dictionary = "ppocr_keys_v1.txt"
)

// pins are the files that .ci/setup fetches, in the format of sha256sum. No
// other files are used: what their readings are worth was measured.
//
//go:embed models.sha256
var pins string

// modelsFolder is where the PP-OCR files should lie.
func modelsFolder() (string, error) {
	if dir := os.Getenv(modelsEnv); dir != "" {
		return dir, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the models: %w; set %s to their folder", err, modelsEnv)
	}
	return filepath.Join(cache, "nianbao", "ocr"), nil
}

// runtimeLibrary is ONNX Runtime for this machine, in the models folder.
func runtimeLibrary() string {
	return runtime.GOOS + "-" + runtime.GOARCH + "/libonnxruntime.so.1"
}

// pinned checks that the file name in dir is the one that is pinned.
func pinned(dir, name string) (engine.Model, error) {
	m := engine.Model{Name: filepath.Base(name)}
	want := ""
	for line := range strings.Lines(pins) {
		if sum, file, _ := strings.Cut(strings.TrimSpace(line), "  "); file == name {
			want = sum
		}
	}
	if want == "" {
		return m, fmt.Errorf("there is no %s for %s/%s", m.Name, runtime.GOOS, runtime.GOARCH)
	}
	path := filepath.Join(dir, name)
	got, err := hash(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return m, fmt.Errorf("%s is missing; fetch it by: go tool task setup", path)
	case err != nil:
		return m, err
	case got != want:
		return m, fmt.Errorf("%s is damaged or another version; delete it and fetch it by: go tool task setup", path)
	}
	m.SHA256 = got
	return m, nil
}

// hash is the SHA-256 of a file, in hex.
func hash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// readDictionary gives what each output of the recogniser stands for: nothing,
// then the lines of the dictionary, then a space.
func readDictionary(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries := []string{""}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		entries = append(entries, lines.Text())
	}
	return append(entries, " "), lines.Err()
}
