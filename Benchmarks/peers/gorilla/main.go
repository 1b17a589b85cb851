// A client on gorilla/websocket for the benchmark; see README.md and ../README.md.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

var errUnsupported = errors.New("this program lacks the scenario")

// options are the words KEY=VALUE of the command line.
type options map[string]int

func parseOptions(words []string) (options, error) {
	parsed := options{"count": 1, "size": 64, "tasks": 1, "rate": 1, "seconds": 5}
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		number, err := strconv.Atoi(value)
		if err != nil || number < 1 {
			return nil, fmt.Errorf("%s: a number above zero is wanted", word)
		}
		parsed[key] = number
	}
	return parsed, nil
}

func run(scenario string, client client, options options) (report, error) {
	switch scenario {
	case "receive":
		return receive(client, options["count"], nil)
	case "decode":
		return receive(client, options["count"], decodeEvent)
	case "decode-agent":
		return receive(client, options["count"], decodeAgentEvent)
	case "echo":
		return echo(client, options["count"], options["size"])
	case "send":
		return send(client, options["count"], options["size"])
	case "burst":
		return burst(client, options["count"], options["size"], options["tasks"])
	case "idle", "follow-idle":
		return idle(client, options["count"], options["seconds"])
	case "open":
		return open(client, options["count"])
	case "tail":
		return tail(client, options["count"], options["seconds"], false)
	case "follow":
		return tail(client, options["count"], options["seconds"], true)
	}
	return nil, errUnsupported
}

func fail(code int, problem any) {
	fmt.Fprintln(os.Stderr, "gorilla:", problem)
	os.Exit(code)
}

func main() {
	arguments := os.Args[1:]
	tuned := len(arguments) > 0 && arguments[0] == "--tuned"
	if tuned {
		arguments = arguments[1:]
	}
	if len(arguments) < 2 {
		fail(1, "[--tuned] SCENARIO URL [KEY=VALUE ...]")
	}
	options, err := parseOptions(arguments[2:])
	if err != nil {
		fail(1, err)
	}
	client := client{url: arguments[1], tuned: tuned}
	if tuned {
		client.readBufferSize = 64 << 10
	}
	if arguments[0] == "print" {
		// Standard output has the messages and no report: whoever starts it measures.
		if err := printFrames(client, options["count"]); err != nil {
			fail(1, err)
		}
		return
	}
	result, err := run(arguments[0], client, options)
	if errors.Is(err, errUnsupported) {
		fail(3, err)
	}
	if err != nil {
		fail(1, err)
	}
	line, err := json.Marshal(result)
	if err != nil {
		fail(1, err)
	}
	fmt.Println(string(line))
}
