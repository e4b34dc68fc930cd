package blob

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) *Folder {
	t.Helper()
	f, err := Open(filepath.Join(t.TempDir(), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestRoundTrip(t *testing.T) {
	f := open(t)
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		put := f.PutOriginal
		if rapid.Bool().Draw(t, "artifact") {
			put = f.PutArtifact
		}
		name, err := put(want)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := put(want); err != nil || again != name {
			t.Fatalf("storing the same bytes again gives %s, %v", again, err)
		}
		got, err := f.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

func TestLayout(t *testing.T) {
	f := open(t)
	name, err := f.PutOriginal([]byte("年报"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(f.dir, name[:2], name[2:]))
	if err != nil || string(b) != "年报" {
		t.Errorf("the original lies there as %q, %v", b, err)
	}
	entries, err := os.ReadDir(filepath.Join(f.dir, name[:2]))
	if err != nil || len(entries) != 1 {
		t.Errorf("its folder holds %v, %v, want nothing else", entries, err)
	}
}

func TestDamage(t *testing.T) {
	f := open(t)
	name, err := f.PutOriginal([]byte("年报"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.path(name), []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Get(name); err == nil || !strings.Contains(err.Error(), "changed") {
		t.Errorf("reading a changed blob: error %v", err)
	}
	artifact, err := f.PutArtifact([]byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.path(artifact)+".zst", []byte("no zstd"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Get(artifact); err == nil {
		t.Error("reading a broken artifact gives no error")
	}
	if _, err := f.Get(strings.Repeat("0", 64)); !errors.Is(err, ErrMissing) {
		t.Errorf("reading a missing blob: error %v", err)
	}
	if _, err := f.Get("../../etc/passwd"); err == nil {
		t.Error("a name that is no SHA-256 was read")
	}
}

func TestConcurrently(t *testing.T) {
	f := open(t)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			want := bytes.Repeat([]byte{byte(i / 4)}, 10_000)
			name, err := f.PutArtifact(want)
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := f.Get(name); err != nil || !bytes.Equal(got, want) {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
}
