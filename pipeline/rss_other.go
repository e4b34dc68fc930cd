//go:build !linux

package pipeline

import (
	"syscall"
	"time"
)

// residentMemory is not watched outside Linux; the worker's own limits hold.
func residentMemory(int) int64 { return 0 }

func childAttributes() *syscall.SysProcAttr { return nil }

func peakMemory(int) int64 { return 0 }

func processorTime(int) time.Duration { return 0 }
