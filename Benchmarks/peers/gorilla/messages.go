package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

type client struct {
	url   string
	tuned bool
	// Zero and nil mean the library's own values: 4096 bytes each.
	readBufferSize  int
	writeBufferPool websocket.BufferPool
}

func (client client) dial() (*websocket.Conn, error) {
	dialer := websocket.Dialer{
		HandshakeTimeout: 60 * time.Second,
		ReadBufferSize:   client.readBufferSize,
		WriteBufferPool:  client.writeBufferPool,
	}
	path, _, _ := strings.Cut(client.url, "?")
	switch {
	case strings.HasSuffix(path, "-no-takeover"):
		dialer.EnableCompression = true
	case strings.HasSuffix(path, "-takeover"):
		// The library always asks the server for no context takeover, and fails if the server does not agree.
		return nil, errUnsupported
	}
	connection, _, err := dialer.Dial(client.url, nil)
	return connection, err
}

// next returns the next message. It is either a new slice, or a slice of the buffer, which the next message overwrites.
func next(connection *websocket.Conn, buffer *bytes.Buffer) ([]byte, error) {
	if buffer == nil {
		_, message, err := connection.ReadMessage()
		return message, err
	}
	_, reader, err := connection.NextReader()
	if err != nil {
		return nil, err
	}
	buffer.Reset()
	_, err = buffer.ReadFrom(reader)
	return buffer.Bytes(), err
}

func (client client) buffer() *bytes.Buffer {
	if !client.tuned {
		return nil
	}
	return bytes.NewBuffer(make([]byte, 0, 64<<10))
}

// received is global, so that the compiler can't remove the message. Gorilla leaves the check of UTF-8 to the
// application.
var received []byte

// receive takes count messages, and decodes each if decode is not nil.
func receive(client client, count int, decode decoding) (report, error) {
	connection, err := client.dial()
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	buffer := client.buffer()
	total := 0
	start := begin()
	for index := 0; index < count; index++ {
		message, err := next(connection, buffer)
		if err != nil {
			return nil, err
		}
		total += len(message)
		received = message
		if decode != nil {
			if err := decode(message); err != nil {
				return nil, err
			}
		}
	}
	return start.end(count, total), disconnect(connection)
}

func echo(client client, count, size int) (report, error) {
	connection, err := client.dial()
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	buffer := client.buffer()
	payload := bytes.Repeat([]byte("x"), size)
	latencies := make([]int64, count)
	start := begin()
	for index := range latencies {
		sent := time.Now()
		if err := connection.WriteMessage(websocket.TextMessage, payload); err != nil {
			return nil, err
		}
		message, err := next(connection, buffer)
		if err != nil {
			return nil, err
		}
		latencies[index] = time.Since(sent).Nanoseconds()
		if len(message) != size {
			return nil, errors.New("the echo has another size")
		}
	}
	result := start.end(count, count*size)
	result.addPercentiles(latencies)
	return result, disconnect(connection)
}

func send(client client, count, size int) (report, error) {
	return burst(client, count, size, 1)
}

// burst sends from several goroutines. Gorilla allows one writer at a time, so they take turns.
func burst(client client, count, size, tasks int) (report, error) {
	connection, err := client.dial()
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	payload := bytes.Repeat([]byte("x"), size)
	var lock sync.Mutex
	write := func(messages int) error {
		for index := 0; index < messages; index++ {
			lock.Lock()
			err := connection.WriteMessage(websocket.TextMessage, payload)
			lock.Unlock()
			if err != nil {
				return err
			}
		}
		return nil
	}
	start := begin()
	err = inParallel(tasks, func(task int) error { return write((count + task) / tasks) })
	if err == nil {
		err = disconnect(connection)
	}
	return start.end(count, count*size), err
}

// inParallel calls body with 0..<tasks, each in a goroutine, and returns the first error.
func inParallel(tasks int, body func(task int) error) error {
	results := make(chan error, tasks)
	for task := 0; task < tasks; task++ {
		task := task
		go func() { results <- body(task) }()
	}
	var first error
	for task := 0; task < tasks; task++ {
		if err := <-results; first == nil {
			first = err
		}
	}
	return first
}

// disconnect sends a Close frame, and reads until the server's Close frame.
func disconnect(connection *websocket.Conn) error {
	code := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	deadline := time.Now().Add(30 * time.Second)
	if err := connection.WriteControl(websocket.CloseMessage, code, deadline); err != nil {
		return err
	}
	for {
		_, reader, err := connection.NextReader()
		if websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, reader); err != nil {
			return err
		}
	}
}
