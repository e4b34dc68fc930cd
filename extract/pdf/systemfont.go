package pdf

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
)

// chineseFonts are parts of the file names of fonts that hold Chinese text, as
// Debian and other systems package them.
var chineseFonts = []string{"uming", "ukai", "wqy", "cjk", "sourcehan", "simsun", "simhei", "fangsong", "kaiti", "gb18030", "droidsansfallback"}

// ChineseFont finds the font that PDFium takes for Chinese text in fonts that a
// PDF does not embed. Without one it loses characters and misplaces others.
var ChineseFont = sync.OnceValues(func() (path string, err error) {
	err = fs.WalkDir(os.DirFS(systemFonts), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.ToLower(d.Name())
		for _, f := range chineseFonts {
			if !d.IsDir() && strings.Contains(name, f) {
				path = systemFonts + "/" + p
				return fs.SkipAll
			}
		}
		return nil
	})
	if path == "" {
		if err == nil {
			err = fs.ErrNotExist
		}
		return "", fmt.Errorf("looking for a Chinese font in %s: %w", systemFonts, err)
	}
	return path, nil
})
