package main

import (
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// The number of connections that are opened at the same time.
const openers = 100

// dialMany opens count connections, and calls opened with each.
func dialMany(client client, count int, opened func(index int, connection *websocket.Conn) error) error {
	var taken int64
	return inParallel(openers, func(int) error {
		for {
			index := int(atomic.AddInt64(&taken, 1)) - 1
			if index >= count {
				return nil
			}
			connection, err := client.dial()
			if err != nil {
				return err
			}
			if err := opened(index, connection); err != nil {
				return err
			}
		}
	})
}

// idle holds connections. Each has a goroutine that reads, because without a read no Ping would be answered.
func idle(client client, count, seconds int) (report, error) {
	if client.tuned {
		client.readBufferSize = 1024
		client.writeBufferPool = &sync.Pool{}
	}
	// The memory of the dialing code itself belongs to no connection.
	if connection, err := client.dial(); err != nil {
		return nil, err
	} else if err := disconnect(connection); err != nil {
		return nil, err
	}
	debug.FreeOSMemory()
	before := statusKiB("VmRSS:")
	err := dialMany(client, count, func(_ int, connection *websocket.Conn) error {
		go func() {
			for {
				if _, _, err := connection.ReadMessage(); err != nil {
					return
				}
			}
		}()
		return nil
	})
	if err != nil {
		return nil, err
	}
	// Gives back the memory that only the opening needed; the runtime does this by itself only after minutes.
	debug.FreeOSMemory()
	after := statusKiB("VmRSS:")
	start := begin()
	time.Sleep(time.Duration(seconds) * time.Second)
	result := start.end(count, 0)
	result["rss_per_connection_bytes"] = (after - before) * 1024 / int64(count)
	return result, nil
}

func open(client client, count int) (report, error) {
	if client.tuned {
		return nil, errUnsupported
	}
	start := begin()
	err := dialMany(client, count, func(_ int, connection *websocket.Conn) error {
		defer connection.Close()
		return disconnect(connection)
	})
	return start.end(count, 0), err
}

// tally has the counts of one connection, on a separate cache line.
type tally struct {
	messages, bytes int64
	_               [48]byte
}

// tail takes messages from count connections, and makes an Event of each if it decodes.
func tail(client client, count, seconds int, decodes bool) (report, error) {
	tallies := make([]tally, count)
	err := dialMany(client, count, func(index int, connection *websocket.Conn) error {
		go func() {
			buffer := client.buffer()
			for {
				message, err := next(connection, buffer)
				if err != nil {
					return
				}
				if decodes {
					if err := decodeEvent(message); err != nil {
						fail(1, err)
					}
				}
				atomic.AddInt64(&tallies[index].messages, 1)
				atomic.AddInt64(&tallies[index].bytes, int64(len(message)))
			}
		}()
		return nil
	})
	if err != nil {
		return nil, err
	}
	start := begin()
	first := sum(tallies)
	time.Sleep(time.Duration(seconds) * time.Second)
	last := sum(tallies)
	messages, bytes := int(last.messages-first.messages), int(last.bytes-first.bytes)
	return start.end(messages, bytes), nil
}

func sum(tallies []tally) (total tally) {
	for index := range tallies {
		total.messages += atomic.LoadInt64(&tallies[index].messages)
		total.bytes += atomic.LoadInt64(&tallies[index].bytes)
	}
	return total
}
