//go:build !linux

package process

import (
	"syscall"
	"time"
)

// Memory is not watched outside Linux; the child's own limits hold.
func Memory(int) int64 { return 0 }

// Attributes of a child are the usual ones outside Linux.
func Attributes() *syscall.SysProcAttr { return nil }

// PeakMemory is not watched outside Linux.
func PeakMemory(int) int64 { return 0 }

// Time is not watched outside Linux.
func Time(int) time.Duration { return 0 }
