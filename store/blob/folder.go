package blob

import (
	"errors"
	"os"
	"path/filepath"
)

// folder keeps blobs as files.
type folder struct{ dir string }

func openFolder(dir string) (folder, error) {
	return folder{dir}, os.MkdirAll(dir, 0o755)
}

func (f folder) path(key string) string { return filepath.Join(f.dir, filepath.FromSlash(key)) }

func (f folder) get(key string) ([]byte, error) { return os.ReadFile(f.path(key)) }

// put writes a file that is either not there or whole: to a temporary name in
// the same folder, to the disk, then renamed.
func (f folder) put(key string, bytes func() []byte) error {
	path := f.path(key)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	t, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(t.Name()) // does nothing once it is renamed
	_, err = t.Write(bytes())
	if err == nil {
		err = t.Chmod(0o644)
	}
	if err == nil {
		err = t.Sync()
	}
	if err = errors.Join(err, t.Close()); err != nil {
		return err
	}
	return os.Rename(t.Name(), path)
}
