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
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/debug"
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
	keys, err := keysIn(os.Args[2], os.Args[3])
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
	go accept(listener, keys)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		json.NewEncoder(os.Stdout).Encode(counts.now())
	}
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "stub-hosts: %v\n", err)
	os.Exit(1)
}

func keysIn(hostKey, authorizedKey string) (*keys, error) {
	private, err := os.ReadFile(hostKey)
	if err != nil {
		return nil, err
	}
	host, err := ssh.ParseRawPrivateKey(private)
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
	owned, isHost := host.(*ed25519.PrivateKey)
	known, isClient := allowed.(ssh.CryptoPublicKey)
	if isHost && isClient {
		if key, isKey := known.CryptoPublicKey().(ed25519.PublicKey); isKey {
			return newKeys(*owned, key)
		}
	}
	return nil, errors.New("the keys must be of the type ed25519")
}

func accept(listener net.Listener, keys *keys) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			fail(err)
		}
		go serve(connection, keys)
	}
}
