package libreoffice

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"nianbao/extract"
	"nianbao/process"
)

const (
	again  = 81 // exit status of a start that made the profile and wants another
	starts = 3
)

// profile forbids what a document might make LibreOffice do: run macros, fetch
// what it links to, reach the network by any other way.
const profile = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
</oor:items>
`

// run starts LibreOffice in dir, which holds its profile, and gives what it says.
func (c *Converter) run(ctx context.Context, dir string, args ...string) (string, error) {
	user := filepath.Join(dir, "profile", "user")
	if err := os.MkdirAll(user, 0o700); err != nil {
		return "", fmt.Errorf("convert by LibreOffice: %w", err)
	}
	if err := os.WriteFile(filepath.Join(user, "registrymodifications.xcu"), []byte(profile), 0o600); err != nil {
		return "", fmt.Errorf("convert by LibreOffice: %w", err)
	}
	args = append([]string{"-env:UserInstallation=file://" + filepath.ToSlash(filepath.Join(dir, "profile")), "--headless", "--norestore", "--nologo", "--nodefault"}, args...)
	for try := 1; ; try++ {
		said, err := c.once(ctx, dir, args)
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == again && try < starts {
			continue
		}
		return said, err
	}
}

// once starts LibreOffice and watches it to its end.
func (c *Converter) once(ctx context.Context, dir string, args []string) (string, error) {
	cmd, said, err := c.start(dir, args)
	if err != nil {
		return "", fmt.Errorf("start LibreOffice: %w", err)
	}
	limits := process.Limits{Time: c.Limits.Time, Memory: c.Limits.Memory}
	switch err := process.Watch(ctx, cmd, limits, func() { kill(cmd) }); {
	case err == nil:
		return said.String(), nil
	case errors.Is(err, process.ErrMemory):
		return "", &extract.Refusal{Code: extract.RefusedTooLarge, Detail: fmt.Sprintf("converting it by LibreOffice takes more than %d MB of memory", c.Limits.Memory>>20)}
	case errors.Is(err, process.ErrTime):
		return "", &extract.Refusal{Code: extract.RefusedTooLarge, Detail: fmt.Sprintf("converting it by LibreOffice takes more than %v", c.Limits.Time)}
	case ctx.Err() != nil:
		return "", ctx.Err()
	default:
		return "", fmt.Errorf("LibreOffice: %w (%s)", err, orSilent(said.String()))
	}
}

// start starts LibreOffice without a network, or with it where the machine does
// not let a process do without.
func (c *Converter) start(dir string, args []string) (*exec.Cmd, *process.Stderr, error) {
	var first error
	for _, attributes := range attributes() {
		cmd := exec.Command(c.Program, args...)
		cmd.Dir = dir
		cmd.Env = []string{"HOME=" + dir, "TMPDIR=" + dir, "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "SAL_USE_VCLPLUGIN=svp"}
		cmd.SysProcAttr = attributes
		cmd.WaitDelay = time.Second
		said := &process.Stderr{}
		cmd.Stdout, cmd.Stderr = said, said
		if err := cmd.Start(); err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		return cmd, said, nil
	}
	return nil, nil, first
}
