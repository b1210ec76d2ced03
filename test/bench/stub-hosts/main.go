// Stub-hosts is an SSH server that stands for any number of hosts, each an address of this machine: what a run asks of
// one of them it has answered by a real shell, and gives all the others the same answer.
//
//	stub-hosts LISTEN HOST_KEY AUTHORIZED_KEY
//
// LISTEN is an address and a port; port 0 is a free one. HOST_KEY is the file of an unencrypted private key,
// AUTHORIZED_KEY that of a public one, whose owner may log in as anybody. It says "listening on ADDRESS:PORT", and for
// each line of its stdin, as JSON, what it has done so far. It ends when its stdin does.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/ssh"
)

// done counts what a server did.
type done struct {
	Logins   int64 `json:"logins"`
	Shells   int64 `json:"shells"`
	Replayed int64 `json:"replayed"`
	Learned  int64 `json:"learned"`
}

var counts done

func (counts *done) now() done {
	return done{
		Logins:   atomic.LoadInt64(&counts.Logins),
		Shells:   atomic.LoadInt64(&counts.Shells),
		Replayed: atomic.LoadInt64(&counts.Replayed),
		Learned:  atomic.LoadInt64(&counts.Learned),
	}
}

func main() {
	if len(os.Args) != 4 {
		fail(errors.New("usage: stub-hosts LISTEN HOST_KEY AUTHORIZED_KEY"))
	}
	config, err := configOf(os.Args[2], os.Args[3])
	if err != nil {
		fail(err)
	}
	// More threads would only hand connections to one another, and memory is cheaper than time.
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(400)
	listener, err := (&net.ListenConfig{KeepAlive: -1}).Listen(context.Background(), "tcp4", os.Args[1])
	if err != nil {
		fail(err)
	}
	fmt.Printf("listening on %v\n", listener.Addr())
	go accept(listener, config)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		json.NewEncoder(os.Stdout).Encode(counts.now())
	}
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "stub-hosts: %v\n", err)
	os.Exit(1)
}

func configOf(hostKey, authorizedKey string) (*ssh.ServerConfig, error) {
	private, err := os.ReadFile(hostKey)
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", hostKey, err)
	}
	public, err := os.ReadFile(authorizedKey)
	if err != nil {
		return nil, err
	}
	allowed, _, _, _, err := ssh.ParseAuthorizedKey(public)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", authorizedKey, err)
	}
	blob := allowed.Marshal()
	config := &ssh.ServerConfig{
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if bytes.Equal(key.Marshal(), blob) {
				return nil, nil
			}
			return nil, errors.New("this key is not the one that may log in")
		},
	}
	// Each packet has random bytes: one by one they are a system call each.
	config.Rand = &sharedReader{reader: bufio.NewReaderSize(rand.Reader, 1<<14)}
	config.AddHostKey(signer)
	return config, nil
}

type sharedReader struct {
	mutex  sync.Mutex
	reader *bufio.Reader
}

func (shared *sharedReader) Read(bytes []byte) (int, error) {
	shared.mutex.Lock()
	defer shared.mutex.Unlock()
	return io.ReadFull(shared.reader, bytes)
}

func accept(listener net.Listener, config *ssh.ServerConfig) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			fail(err)
		}
		go serve(connection, config)
	}
}

func serve(connection net.Conn, config *ssh.ServerConfig) {
	defer connection.Close()
	_, channels, requests, err := ssh.NewServerConn(connection, config)
	if err != nil {
		return
	}
	atomic.AddInt64(&counts.Logins, 1)
	go ssh.DiscardRequests(requests)
	for opened := range channels {
		if opened.ChannelType() != "session" {
			opened.Reject(ssh.UnknownChannelType, "only programs are started here")
			continue
		}
		channel, requests, err := opened.Accept()
		if err != nil {
			return
		}
		go session(channel, requests)
	}
}

// session starts the program that a channel asks for; of what may be asked for besides there is nothing here.
func session(channel ssh.Channel, requests <-chan *ssh.Request) {
	isStarted := false
	for request := range requests {
		var command struct{ Line string }
		ok := request.Type == "exec" && !isStarted && ssh.Unmarshal(request.Payload, &command) == nil
		if request.WantReply {
			request.Reply(ok, nil)
		}
		if ok {
			isStarted = true
			go run(channel, command.Line)
		}
	}
}

// run answers what a program is sent, up to its end.
func run(channel ssh.Channel, line string) {
	talk := newTalk(channel, line)
	buffer := make([]byte, 1<<13)
	for {
		count, err := channel.Read(buffer)
		talk.hear(buffer[:count])
		if err != nil {
			break
		}
	}
	talk.end()
}
