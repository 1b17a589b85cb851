package main

import (
	"bytes"
	"fmt"
	"os"
	"sort"
	"syscall"
	"time"
)

// report is the line that the program prints.
type report map[string]int64

type measurement struct {
	wall  time.Time
	usage syscall.Rusage
}

func begin() measurement {
	start := measurement{wall: time.Now()}
	// It can't fail with these arguments.
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &start.usage)
	return start
}

// end returns the report on the time since begin.
func (start measurement) end(messages, bytes int) report {
	now := begin()
	return report{
		"messages":      int64(messages),
		"bytes":         int64(bytes),
		"cpu_user_ns":   now.usage.Utime.Nano() - start.usage.Utime.Nano(),
		"cpu_system_ns": now.usage.Stime.Nano() - start.usage.Stime.Nano(),
		"wall_ns":       now.wall.Sub(start.wall).Nanoseconds(),
		"max_rss_kib":   statusKiB("VmHWM:"),
	}
}

func (result report) addPercentiles(nanoseconds []int64) {
	sort.Slice(nanoseconds, func(a, b int) bool { return nanoseconds[a] < nanoseconds[b] })
	for name, percent := range map[string]int{"p50_ns": 50, "p90_ns": 90, "p99_ns": 99} {
		result[name] = nanoseconds[len(nanoseconds)*percent/100]
	}
}

// statusKiB returns a line of /proc/self/status. Unlike ru_maxrss, VmHWM does not count the program before exec.
func statusKiB(name string) int64 {
	status, _ := os.ReadFile("/proc/self/status")
	for _, line := range bytes.Split(status, []byte("\n")) {
		var kib int64
		if bytes.HasPrefix(line, []byte(name)) {
			fmt.Sscanf(string(line[len(name):]), "%d", &kib)
			return kib
		}
	}
	return 0
}
