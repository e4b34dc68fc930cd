package blob

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestFolder(t *testing.T) {
	conformance(t, func(t *testing.T) ground {
		dir := filepath.Join(t.TempDir(), "blobs")
		return ground{
			where: dir,
			keys: func(t *testing.T) (keys []string) {
				err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
					if err == nil && !d.IsDir() {
						keys = append(keys, path)
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				return keys
			},
			write: func(t *testing.T, key, content string) {
				if err := os.WriteFile(filepath.Join(dir, key), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}
