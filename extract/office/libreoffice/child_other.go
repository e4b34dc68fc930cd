//go:build !linux

package libreoffice

import (
	"os/exec"
	"syscall"

	"nianbao/process"
)

// attributes of the child are the usual ones outside Linux.
func attributes() []*syscall.SysProcAttr { return []*syscall.SysProcAttr{process.Attributes()} }

// kill ends the child.
func kill(cmd *exec.Cmd) {
	// An error means that it has ended.
	_ = cmd.Process.Kill()
}
