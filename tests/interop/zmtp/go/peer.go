// A peer made of go-zeromq; ../README.md says what it understands.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
	"github.com/go-zeromq/zmq4/security/plain"
)

var types = map[string]zmq4.SocketType{
	"router": zmq4.Router, "dealer": zmq4.Dealer, "req": zmq4.Req, "sub": zmq4.Sub,
}

func say(line string) { fmt.Println(line) }

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func security(mechanism string) zmq4.Security {
	if mechanism == "plain" {
		return plain.Security("user", "secret")
	}
	return null.Security()
}

// watch is one connection of the library without a socket around it, since its sockets do not tell
// when a connection ends.
func watch(kind, endpoint string, options map[string]string) {
	network, address, _ := strings.Cut(endpoint, "://")
	if network == "ipc" {
		network = "unix"
	}
	bare, err := net.Dial(network, address)
	check(err)
	identity := zmq4.SocketIdentity(options["identity"])
	connection, err := zmq4.Open(bare, security(options["mechanism"]), types[kind], identity, false, nil)
	if err == nil {
		_, err = connection.RecvMsg()
	}
	if err != nil {
		bare.Close()
		say("refused")
	}
}

func open(kind, mode, endpoint string, options map[string]string) zmq4.Socket {
	settings := []zmq4.Option{
		zmq4.WithSecurity(security(options["mechanism"])),
		zmq4.WithAutomaticReconnect(mode == "connect"),
		zmq4.WithDialerMaxRetries(-1),
	}
	// Without one the library makes up a UUID of 36 bytes.
	if identity, given := options["identity"]; given {
		settings = append(settings, zmq4.WithID(zmq4.SocketIdentity(identity)))
	}
	makers := map[string]func(context.Context, ...zmq4.Option) zmq4.Socket{
		"router": zmq4.NewRouter, "dealer": zmq4.NewDealer, "req": zmq4.NewReq, "sub": zmq4.NewSub,
	}
	socket := makers[kind](context.Background(), settings...)
	if mode == "bind" {
		check(socket.Listen(endpoint))
		if strings.HasPrefix(endpoint, "tcp:") {
			endpoint = "tcp://" + socket.Addr().String()
		}
		say("ready " + endpoint)
	} else {
		say("ready " + endpoint)
		check(socket.Dial(endpoint))
	}
	return socket
}

func echo(socket zmq4.Socket) {
	for {
		message, err := socket.Recv()
		check(err)
		if bytes.HasPrefix(message.Frames[2], []byte("frames")) {
			message.Frames = append(message.Frames, []byte("two"), []byte("more"))
		}
		check(socket.Send(message))
	}
}

type caller struct {
	socket zmq4.Socket
	before [][]byte
}

func (c caller) frames(payload []byte) [][]byte {
	return append(append([][]byte{}, c.before...), payload)
}

func (c caller) send(payload []byte) error {
	return c.socket.SendMulti(zmq4.NewMsgFrom(c.frames(payload)...))
}

func (c caller) expect(payload []byte) error {
	message, err := c.socket.Recv()
	if err != nil {
		return err
	}
	wanted := c.frames(payload)
	if len(message.Frames) != len(wanted) {
		return fmt.Errorf("%d frames came back for %d bytes", len(message.Frames), len(payload))
	}
	for i := range wanted {
		if !bytes.Equal(message.Frames[i], wanted[i]) {
			return fmt.Errorf("%.40q came back for %.40q", message.Frames[i], wanted[i])
		}
	}
	return nil
}

func (c caller) call(payload []byte) error {
	if err := c.send(payload); err != nil {
		return err
	}
	return c.expect(payload)
}

func (c caller) several(count int, text string, each func([]byte) error) error {
	for number := 0; number < count; number++ {
		if err := each([]byte(text + " " + strconv.Itoa(number))); err != nil {
			return err
		}
	}
	return nil
}

func (c caller) obey(command string, words ...string) error {
	switch command {
	case "sequential", "pipelined":
		count, err := strconv.Atoi(words[0])
		check(err)
		if command == "sequential" {
			return c.several(count, words[1], c.call)
		}
		go func() { check(c.several(count, words[1], c.send)) }()
		return c.several(count, words[1], c.expect)
	case "sizes":
		for _, word := range words {
			size, err := strconv.Atoi(word)
			check(err)
			payload := make([]byte, size)
			for i := range payload {
				payload[i] = byte(i % 251) // a prime: no shifted block looks like another
			}
			if err := c.call(payload); err != nil {
				return err
			}
		}
		return nil
	case "reconnected":
		// What is sent to a lost connection is dropped; its end is received after it was made anew.
		if _, err := c.socket.Recv(); err == nil {
			return errors.New("there is an answer, and the connection was not lost")
		}
		return nil
	case "frames":
		for _, text := range []string{"|payload|two|more", "not empty|payload"} {
			var frames [][]byte
			for _, frame := range strings.Split(text, "|") {
				frames = append(frames, []byte(frame))
			}
			check(c.socket.SendMulti(zmq4.NewMsgFrom(frames...)))
			if err := c.expect([]byte("payload")); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("there is no command %q", command)
}

func main() {
	kind, mode, endpoint := os.Args[1], os.Args[2], os.Args[3]
	options := map[string]string{}
	for _, setting := range os.Args[4:] {
		name, value, _ := strings.Cut(setting, "=")
		options[name] = value
	}

	commands := bufio.NewScanner(os.Stdin)
	if options["watch"] != "" {
		say("ready " + endpoint)
		watch(kind, endpoint, options)
		commands.Scan()
		return
	}
	socket := open(kind, mode, endpoint, options)
	if kind == "router" {
		go echo(socket)
	}
	one := caller{socket: socket}
	if kind == "dealer" { // a REQ socket adds and removes the delimiter itself
		one.before = [][]byte{{}}
	}
	for commands.Scan() {
		words := strings.Fields(commands.Text())
		if err := one.obey(words[0], words[1:]...); err != nil {
			say("failed: " + err.Error())
		} else {
			say("ok")
		}
	}
}
