// A peer of the interop tests on gorilla/websocket; see ../README.md.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

func echo(connection *websocket.Conn, kind int, message []byte, fragmented bool) error {
	if !fragmented {
		return connection.WriteMessage(kind, message)
	}
	// Each full buffer becomes a frame; main sets its size.
	writer, err := connection.NextWriter(kind)
	if err != nil {
		return err
	}
	if _, err := writer.Write(message); err != nil {
		return err
	}
	return writer.Close()
}

func behave(connection *websocket.Conn) {
	defer connection.Close()
	fragmented := false
	connection.SetPongHandler(func(payload string) error {
		if payload == "" {
			return nil
		}
		return connection.WriteMessage(websocket.TextMessage, []byte("!pong "+payload))
	})
	for {
		kind, message, err := connection.ReadMessage()
		if closed, is := err.(*websocket.CloseError); is {
			fmt.Println("closed", closed.Code, closed.Text)
			return
		}
		if err != nil {
			fmt.Println("error", err)
			return
		}
		command := ""
		if kind == websocket.TextMessage && strings.HasPrefix(string(message), "!") {
			command = string(message)
		}
		words := strings.SplitN(command, " ", 3)
		deadline := time.Now().Add(10 * time.Second)
		switch words[0] {
		case "":
			err = echo(connection, kind, message, fragmented)
		case "!fragment":
			fragmented = true
		case "!ping":
			err = connection.WriteControl(websocket.PingMessage, []byte(words[1]), deadline)
		case "!close":
			code, _ := strconv.Atoi(words[1])
			payload := websocket.FormatCloseMessage(code, words[2])
			err = connection.WriteControl(websocket.CloseMessage, payload, deadline)
		}
		if err != nil {
			fmt.Println("error", err)
			return
		}
	}
}

func serve(response http.ResponseWriter, request *http.Request) {
	upgrader := websocket.Upgrader{
		EnableCompression: request.URL.Query().Has("deflate"),
		Subprotocols:      []string{"v1"},
		WriteBufferSize:   1000,
	}
	connection, err := upgrader.Upgrade(response, request, nil)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	behave(connection)
}

func server() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	return http.Serve(listener, http.HandlerFunc(serve))
}

func client(addresses []string) error {
	for _, address := range addresses {
		parsed, err := url.Parse(address)
		if err != nil {
			return err
		}
		dialer := websocket.Dialer{EnableCompression: parsed.Query().Has("deflate"), WriteBufferSize: 1000}
		if parsed.Query().Has("subprotocols") {
			dialer.Subprotocols = []string{"v0", "v1"}
		}
		connection, response, err := dialer.Dial(address, nil)
		if err == websocket.ErrBadHandshake {
			fmt.Println("refused", response.StatusCode)
			continue
		}
		if err != nil {
			return err
		}
		behave(connection)
	}
	return nil
}

func main() {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	var err error
	if os.Args[1] == "server" {
		err = server()
	} else {
		err = client(os.Args[2:])
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
}
