package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"nianbao/extract"
	"nianbao/pipeline"
)

// stdinName is the path of what is read from standard input.
const stdinName = "-"

// expand replaces folders by the files below them, in order of their names.
// Hidden files and folders are left out of folders.
func expand(args []string) ([]string, error) {
	var files []string
	stdin := false
	for _, arg := range args {
		if arg == stdinName {
			if stdin {
				return nil, usage("name it once", "standard input (-) can be read once only")
			}
			stdin = true
			files = append(files, arg)
			continue
		}
		info, err := os.Stat(arg)
		if err != nil {
			return nil, usage("check the path; to read a folder, name the folder", "cannot read %s: %v", arg, bare(err))
		}
		if !info.IsDir() {
			files = append(files, arg)
			continue
		}
		before := len(files)
		err = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if path != arg && strings.HasPrefix(d.Name(), ".") {
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			if d.Type().IsRegular() || d.Type()&fs.ModeSymlink != 0 && isFile(path) {
				files = append(files, path)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("walk folder %s: %w", arg, err)
		}
		if len(files) == before {
			return nil, usage("name a folder that holds reports", "the folder %s holds no files", arg)
		}
	}
	return files, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// input opens a file, or standard input where its path is -. The caller closes it.
func (a *app) input(path string) (io.ReadCloser, error) {
	if path == stdinName {
		return io.NopCloser(a.in), nil
	}
	return os.Open(path)
}

// load reads one file, but not more than limit bytes of it. A file that cannot
// be read gives a refusal.
func (a *app) load(path string, limit int64) ([]byte, *extract.Refusal) {
	in, err := a.input(path)
	if err != nil {
		return nil, unreadable(err)
	}
	defer in.Close()
	b, err := io.ReadAll(io.LimitReader(in, limit+1))
	switch {
	case err != nil:
		return nil, unreadable(err)
	case int64(len(b)) > limit:
		return nil, pipeline.TooLarge(limit)
	}
	return b, nil
}

func unreadable(err error) *extract.Refusal {
	return &extract.Refusal{Code: "unreadable_file", Detail: fmt.Sprintf("the file cannot be read: %v", bare(err))}
}

// bare drops the path from a file error: the message around it names it.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
