package main

import "encoding/json"

// A decoding parses a message as JSON.
type decoding func(message []byte) error

func decodeEvent(message []byte) error {
	var event Event
	return json.Unmarshal(message, &event)
}

func decodeAgentEvent(message []byte) error {
	var event AgentEvent
	return json.Unmarshal(message, &event)
}
