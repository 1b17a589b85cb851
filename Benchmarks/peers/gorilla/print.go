package main

import (
	"bufio"
	"os"
)

// printFrames writes so many messages to standard output, a line for each, and decodes none. What it writes leaves when
// its buffer is full: less than a program must do that shows each event as it comes.
func printFrames(client client, count int) error {
	connection, err := client.dial()
	if err != nil {
		return err
	}
	defer connection.Close()
	buffer := client.buffer()
	output := bufio.NewWriterSize(os.Stdout, 64<<10)
	for index := 0; index < count; index++ {
		message, err := next(connection, buffer)
		if err != nil {
			return err
		}
		if _, err := output.Write(message); err != nil {
			return err
		}
		if err := output.WriteByte('\n'); err != nil {
			return err
		}
	}
	if err := output.Flush(); err != nil {
		return err
	}
	return disconnect(connection)
}
