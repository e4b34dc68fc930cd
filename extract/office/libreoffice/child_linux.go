package libreoffice

import (
	"os"
	"os/exec"
	"syscall"

	"nianbao/process"
)

// attributes of the child, the best first: without a network, as user namespaces
// allow; else with it. It leads a group of its own and ends with its parent.
func attributes() []*syscall.SysProcAttr {
	alone, usual := process.Attributes(), process.Attributes()
	alone.Setpgid, usual.Setpgid = true, true
	alone.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET
	alone.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
	alone.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
	return []*syscall.SysProcAttr{alone, usual}
}

// kill ends the child and what it started.
func kill(cmd *exec.Cmd) {
	// An error means that all have ended.
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}
