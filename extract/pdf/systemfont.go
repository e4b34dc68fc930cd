package pdf

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// chineseFonts are parts of the file names of fonts that hold Chinese text, as
// Debian and other systems package them.
var chineseFonts = []string{"uming", "ukai", "wqy", "cjk", "sourcehan", "simsun", "simhei", "fangsong", "kaiti", "gb18030", "droidsansfallback"}

// fontFiles are the endings of files that hold outlines: folders of fonts have
// others too, such as encodings of X11, whose names match.
var fontFiles = []string{".ttf", ".ttc", ".otf", ".otc", ".pfb"}

// ChineseFont finds the font that PDFium takes for Chinese text in fonts that a
// PDF does not embed. Without one it loses characters and misplaces others.
var ChineseFont = sync.OnceValues(func() (file string, err error) {
	err = fs.WalkDir(os.DirFS(systemFonts), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.ToLower(d.Name())
		if !slices.Contains(fontFiles, filepath.Ext(name)) {
			return nil
		}
		for _, f := range chineseFonts {
			if !d.IsDir() && strings.Contains(name, f) {
				file = systemFonts + "/" + p
				return fs.SkipAll
			}
		}
		return nil
	})
	if file == "" {
		if err == nil {
			err = fs.ErrNotExist
		}
		return "", fmt.Errorf("looking for a Chinese font in %s: %w", systemFonts, err)
	}
	return file, nil
})
