// Package pgtest starts a PostgreSQL server for tests from the programs that
// Debian's package "postgresql" installs: in a temporary folder, reached by a Unix
// socket there and by nothing else, and as the user postgres where the tests run
// as root, since it refuses to run as root itself. There is one server a test
// program; every test gets a schema of its own in it. It knows nothing of the
// store.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"nianbao/process"
)

var running struct {
	mu      sync.Mutex
	server  *server
	err     error
	schemas int
}

// errNotInstalled is what tests are skipped for.
var errNotInstalled = errors.New(`PostgreSQL is not installed (Debian: apt-get install postgresql)`)

// Address returns the address of an empty schema. It starts the server where none
// runs yet, and skips the test where PostgreSQL is not installed. TestMain must
// call Stop at its end.
func Address(t testing.TB) string {
	t.Helper()
	running.mu.Lock()
	defer running.mu.Unlock()
	if running.server == nil && running.err == nil {
		running.server, running.err = start()
	}
	if errors.Is(running.err, errNotInstalled) {
		t.Skip(running.err)
	}
	if running.err != nil {
		t.Fatal(running.err)
	}
	running.schemas++
	schema := fmt.Sprintf("test_%d", running.schemas)
	c, err := pgx.Connect(t.Context(), running.server.address(""))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if _, err := c.Exec(t.Context(), "CREATE SCHEMA "+schema); err != nil {
		t.Fatal(err)
	}
	return running.server.address(schema)
}

// Installed reports whether PostgreSQL is installed.
func Installed() bool {
	_, err := programs()
	return err == nil
}

// Stop stops the server if one runs.
func Stop() {
	running.mu.Lock()
	defer running.mu.Unlock()
	if running.server == nil {
		return
	}
	if err := running.server.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
	}
	running.server = nil
}

type server struct {
	dir string
	cmd *exec.Cmd
}

// superuser is who initdb makes.
const superuser = "nianbao"

func (s *server) address(schema string) string {
	q := url.Values{"host": {s.dir}}
	if schema != "" {
		q.Set("search_path", schema)
	}
	return "postgres://" + superuser + "@/postgres?" + q.Encode()
}

// programs is the folder of the newest PostgreSQL.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", err
	}
	newest, dir := 0, ""
	for _, p := range found {
		d := filepath.Dir(p)
		if v, err := strconv.Atoi(filepath.Base(filepath.Dir(d))); err == nil && v > newest {
			newest, dir = v, d
		}
	}
	if dir == "" {
		return "", errNotInstalled
	}
	return dir, nil
}

func start() (_ *server, err error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	// Not below the folder of a test: the name of a socket may have 107 bytes.
	dir, err := os.MkdirTemp("", "nianbao-pg-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("start PostgreSQL: %w", err), s.stop())
		}
	}()
	attr := process.Attributes() // nothing is left of a test that crashes
	if os.Getuid() == 0 {
		if attr.Credential, err = postgresUser(); err != nil {
			return nil, err
		}
		if err = os.Chown(dir, int(attr.Credential.Uid), int(attr.Credential.Gid)); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata", data, "--username", superuser,
		"--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions")
	initdb.Dir, initdb.SysProcAttr = dir, attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, bytes.TrimSpace(out))
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-h", "",
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "max_connections=200")
	cmd.Dir, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = dir, attr, log, log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s.cmd = cmd
	if err := s.wait(); err != nil {
		said, _ := os.ReadFile(log.Name()) // the error below is what counts
		return nil, fmt.Errorf("%w: %s", err, bytes.TrimSpace(said))
	}
	return s, nil
}

// postgresUser is the user that Debian's package makes.
func postgresUser() (*syscall.Credential, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// wait waits until the server answers.
func (s *server) wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		c, err := pgx.Connect(ctx, s.address(""))
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *server) stop() error {
	var err error
	if s.cmd != nil {
		// An interrupt ends the sessions that are left.
		err = errors.Join(s.cmd.Process.Signal(os.Interrupt), s.cmd.Wait())
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}
