// Command nianbao reads annual reports on government information disclosure
// (政府信息公开工作年度报告), keeps every number with its evidence, and compares
// agencies. Each command has a file of its own here; what the commands do lives
// in the packages below.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/mattn/go-isatty"

	"nianbao/extract/ocr/engine"
	"nianbao/store"
)

// Exit statuses.
const (
	exitOK        = 0
	exitSome      = 1   // some files gave no report; something was found or failed
	exitUsage     = 2   // wrong usage, or no such agency or report
	exitInterrupt = 130 // stopped by Ctrl-C
)

const description = `Reads annual reports on government information disclosure (政府信息公开工作年度报告),
checks their sums, keeps them and compares agencies.

Results go to standard output, everything else to standard error.

Exit status:
  0    done
  1    some files gave no report, a check found errors, or something failed
  2    wrong usage, or nothing stored fits what was asked for
  130  stopped by Ctrl-C; run the same command again to go on`

// cli is the command line as kong parses it.
type cli struct {
	Data  string `help:"Folder of the database and of the files that were added." default:"./data" placeholder:"DIR" env:"NIANBAO_DATA"`
	DB    string `name:"db" help:"PostgreSQL database to use instead of the one in the data folder: postgres://user:password@host/name." placeholder:"URL" env:"NIANBAO_DB"`
	Blobs string `help:"Where to keep files instead of the data folder: another folder, or s3://bucket/prefix with endpoint and keys as the AWS tools find them." placeholder:"PLACE" env:"NIANBAO_BLOBS"`

	Read     readCmd     `cmd:"" help:"Read reports and print one JSON object a line; store nothing."`
	Add      addCmd      `cmd:"" help:"Read reports and store them."`
	Status   statusCmd   `cmd:"" help:"Say what is stored."`
	Show     showCmd     `cmd:"" help:"Show the tables of one report as printed, with findings."`
	Check    checkCmd    `cmd:"" help:"List what was found wrong or in doubt in the stored reports."`
	Review   reviewCmd   `cmd:"" help:"List what is in doubt, worst first, and say what a cell holds."`
	Notice   noticeCmd   `cmd:"" help:"Write what an agency has to mend in its report, as text or Word file."`
	Compare  compareCmd  `cmd:"" help:"Compare agencies by indicators: panels, rankings, change, distribution, coverage."`
	Export   exportCmd   `cmd:"" help:"Write values for other programs: CSV, Excel, Parquet or a data package."`
	Agencies agenciesCmd `cmd:"" help:"List the agencies of the stored reports and settle which of them are one."`
	Backup   backupCmd   `cmd:"" help:"Copy all that is stored into one file."`
	Restore  restoreCmd  `cmd:"" help:"Fill an empty store from a backup."`
	Doctor   doctorCmd   `cmd:"" help:"Check that this machine has what nianbao needs."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
	Worker   workerCmd   `cmd:"" hidden:""`
}

// app is what every command may use.
type app struct {
	ctx  context.Context
	data string
	db   string
	blob string
	in   io.Reader
	out  io.Writer
	err  io.Writer
	ocr  engines
}

// exitError ends the program with a status. Its message may be empty where all
// was said already.
type exitError struct {
	code int
	msg  string
	hint string // what to do
}

func (e *exitError) Error() string { return e.msg }

func usage(hint, format string, args ...any) error {
	return &exitError{code: exitUsage, msg: fmt.Sprintf(format, args...), hint: hint}
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{ctx: ctx, in: os.Stdin, out: os.Stdout, err: os.Stderr}
	a.ocr = engines{program: engine.Find(), warn: a.err}

	var c cli
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("nianbao"),
		kong.Description(description),
		kong.Writers(a.out, a.err),
		kong.Exit(func(code int) { exit = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Bind(a),
	)
	if err != nil {
		fmt.Fprintln(a.err, "nianbao: the command line is defined wrongly:", err)
		return exitSome
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if exit >= 0 { // --help was printed
		return exit
	}
	if err != nil {
		return a.report(&exitError{code: exitUsage, msg: err.Error(), hint: "run: nianbao --help"})
	}
	a.data, a.db, a.blob = cmp.Or(c.Data, "./data"), c.DB, c.Blobs
	return a.report(k.Run(a))
}

// report prints err for people and returns the exit status.
func (a *app) report(err error) int {
	if err == nil {
		return exitOK
	}
	var e *exitError
	switch {
	case errors.As(err, &e):
		if e.msg != "" {
			fmt.Fprintln(a.err, "nianbao:", e.msg)
		}
		if e.hint != "" {
			fmt.Fprintln(a.err, "  "+strings.ReplaceAll(e.hint, "\n", "\n  "))
		}
		return e.code
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(a.err, "nianbao: stopped; what was finished is kept, run the same command again to go on")
		return exitInterrupt
	case errors.Is(err, syscall.EPIPE): // the reader of our output has left
		return exitOK
	default:
		fmt.Fprintln(a.err, "nianbao:", err)
		return exitSome
	}
}

// open opens the store for reading what is there.
func (a *app) open() (*store.Store, error) {
	s, err := store.OpenExisting(a.ctx, a.data, a.where()...)
	if errors.Is(err, store.ErrNone) {
		place := a.data
		if a.db != "" {
			place = "this database"
		}
		return nil, usage("add reports first: nianbao add FILE|FOLDER", "nothing is stored in %s yet", place)
	}
	return s, a.unopened(err)
}

// create opens the store and makes it where there is none.
func (a *app) create() (*store.Store, error) {
	s, err := store.Open(a.ctx, a.data, a.where()...)
	return s, a.unopened(err)
}

func (a *app) where() []store.Option {
	return []store.Option{store.WithDatabase(a.db), store.WithBlobs(a.blob)}
}

// unopened says what to do about a store that does not open.
func (a *app) unopened(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	hint := "find out what is wrong: nianbao doctor --data " + a.data
	if a.db != "" || a.blob != "" {
		hint = "find out what is wrong: nianbao doctor, with the same --db and --blobs"
	}
	return &exitError{code: exitSome, msg: err.Error(), hint: hint}
}

// terminal tells whether w is a terminal.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
