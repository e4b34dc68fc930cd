package blob

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ground is a place under test, which the test may also reach from outside.
type ground struct {
	where string
	keys  func(t *testing.T) []string             // all that lies there
	write func(t *testing.T, key, content string) // over what lies there
}

func (g ground) open(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), g.where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// conformance is what every place has to do.
func conformance(t *testing.T, make func(t *testing.T) ground) {
	for name, test := range map[string]func(*testing.T, ground){
		"RoundTrip":    roundTrip,
		"Layout":       layout,
		"Once":         once,
		"Damage":       damage,
		"Missing":      missing,
		"Reopened":     reopened,
		"Concurrently": concurrently,
	} {
		t.Run(name, func(t *testing.T) { test(t, make(t)) })
	}
}

func roundTrip(t *testing.T, g ground) {
	s := g.open(t)
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		put := s.PutOriginal
		if rapid.Bool().Draw(t, "artifact") {
			put = s.PutArtifact
		}
		name, err := put(want)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := put(want); err != nil || again != name {
			t.Fatalf("storing the same bytes again gives %s, %v", again, err)
		}
		got, err := s.Get(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

func mustPut(t *testing.T, put func([]byte) (string, error), content string) (name string) {
	t.Helper()
	name, err := put([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func layout(t *testing.T, g ground) {
	s := g.open(t)
	original, artifact := mustPut(t, s.PutOriginal, "年报"), mustPut(t, s.PutArtifact, "{}")
	want := map[string]bool{original[:2] + "/" + original[2:]: true, artifact[:2] + "/" + artifact[2:] + ".zst": true}
	keys := g.keys(t)
	for _, k := range keys {
		if !want[k] {
			t.Errorf("there lies %s", k)
		}
	}
	if len(keys) != len(want) {
		t.Errorf("there lie %v, want %v", keys, want)
	}
	// Another program may have put an original there.
	g.write(t, original[:2]+"/"+original[2:], "年报")
	if got, err := s.Get(original); err != nil || string(got) != "年报" {
		t.Errorf("got %q, %v", got, err)
	}
}

// once: what lies there is not written again, even where it is not what it
// should be; reading tells.
func once(t *testing.T, g ground) {
	s := g.open(t)
	name := mustPut(t, s.PutOriginal, "年报")
	g.write(t, key(name), "changed")
	if again := mustPut(t, s.PutOriginal, "年报"); again != name {
		t.Errorf("another name: %s", again)
	}
	if _, err := s.Get(name); err == nil {
		t.Error("what lay there was written again")
	}
	if keys := g.keys(t); len(keys) != 1 {
		t.Errorf("there lie %v, want one", keys)
	}
}

func damage(t *testing.T, g ground) {
	s := g.open(t)
	name, artifact := mustPut(t, s.PutOriginal, "年报"), mustPut(t, s.PutArtifact, "{}")
	g.write(t, key(name), "changed")
	if _, err := s.Get(name); !errors.Is(err, ErrDamaged) {
		t.Errorf("reading a changed blob: error %v", err)
	}
	g.write(t, key(artifact)+".zst", "no zstd")
	if _, err := s.Get(artifact); !errors.Is(err, ErrDamaged) {
		t.Errorf("reading a broken artifact: error %v", err)
	}
}

func missing(t *testing.T, g ground) {
	s := g.open(t)
	if _, err := s.Get(strings.Repeat("0", 64)); !errors.Is(err, ErrMissing) {
		t.Errorf("reading a missing blob: error %v", err)
	}
	for _, name := range []string{"../../etc/passwd", strings.Repeat("../", 21) + "x", strings.Repeat("A", 64)} {
		if _, err := s.Get(name); err == nil || errors.Is(err, ErrMissing) {
			t.Errorf("reading %q, which is no SHA-256: error %v", name, err)
		}
	}
}

func reopened(t *testing.T, g ground) {
	name := mustPut(t, g.open(t).PutArtifact, "年报")
	if got, err := g.open(t).Get(name); err != nil || string(got) != "年报" {
		t.Errorf("got %q, %v", got, err)
	}
}

func concurrently(t *testing.T, g ground) {
	s := g.open(t)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			want := bytes.Repeat([]byte{byte(i / 4)}, 10_000)
			name, err := s.PutArtifact(want)
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := s.Get(name); err != nil || !bytes.Equal(got, want) {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	if keys := g.keys(t); len(keys) != 4 {
		t.Errorf("there lie %v, want 4", keys)
	}
}
