package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"nianbao/notice"
	"nianbao/store"
)

type noticeCmd struct {
	Agency string   `arg:"" help:"Name of the agency, or a part of it that fits one only."`
	Year   int      `arg:"" optional:"" help:"Year of the report (default: the newest)."`
	Out    []string `help:"File to write instead of printing, .docx or .txt; may be given for both." placeholder:"FILE"`
	Rules  string   `help:"File of further rules (JSON): docs/compliance.md." placeholder:"FILE"`
}

func (c *noticeCmd) Help() string {
	return `Lists in Chinese what the agency has to mend in its report, what a person has to look at, and advice: what
nianbao check finds, copied prose included, and what the rules of nianbao check --compliance demand.

Exit status: 0 done, 2 no such report, or the name fits several agencies (they are listed).

Examples:
  nianbao notice 枣庄市信访局 2019
  nianbao notice 信访局 2019 --out notice.docx --out notice.txt`
}

func (c *noticeCmd) Run(a *app) error {
	for _, path := range c.Out {
		if ext := strings.ToLower(filepath.Ext(path)); ext != ".docx" && ext != ".txt" {
			return usage("for example: --out notice.docx", "--out %s: the name must end in .docx or .txt", path)
		}
	}
	rules, err := readRules(c.Rules)
	if err != nil {
		return err
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	r, _, err := (&showCmd{Agency: c.Agency, Year: c.Year}).find(a, s)
	if err != nil {
		return err
	}
	sheets, err := judgeAll(a.ctx, s, rules, r.Year, func(o *store.Report) bool { return o.ID == r.ID })
	if err != nil {
		return err
	}
	if len(sheets) != 1 {
		return fmt.Errorf("judge %s %d: its report is gone", r.Agency.Name, r.Year)
	}
	for i := range sheets[0].findings { // the agency has no use for where files lie here
		if other := sheets[0].findings[i].Other; other != nil {
			named := *other
			named.Path = short(named.Path)
			sheets[0].findings[i].Other = &named
		}
	}
	n := &notice.Notice{Agency: r.Agency.Name, Year: r.Year, Form: r.Form, Path: short(r.Path), Findings: sheets[0].findings, Sheet: sheets[0].sheet}
	if len(c.Out) == 0 {
		return n.WriteText(a.out)
	}
	for _, path := range c.Out {
		write := n.WriteText
		if strings.EqualFold(filepath.Ext(path), ".docx") {
			write = n.WriteDocx
		}
		if err := writeFile(path, write); err != nil {
			return fmt.Errorf("write the notice: %w", err)
		}
		fmt.Fprintln(a.err, "wrote", path)
	}
	return nil
}

// writeFile makes or replaces a file.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
