package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"net"
	"sync/atomic"

	"golang.org/x/crypto/curve25519"
)

// Numbers of messages (RFC 4250, section 4.1.2).
const (
	msgServiceRequest     = 5
	msgServiceAccept      = 6
	msgKexInit            = 20
	msgNewKeys            = 21
	msgKexInquiry         = 30
	msgKexReply           = 31
	msgLoginRequest       = 50
	msgLoginFailure       = 51
	msgLoginSuccess       = 52
	msgKeyIsGood          = 60
	msgGlobalRequest      = 80
	msgGlobalFailure      = 82
	msgChannelOpen        = 90
	msgChannelOpened      = 91
	msgChannelOpenFailure = 92
	msgWindowAdjust       = 93
	msgData               = 94
	msgExtendedData       = 95
	msgEOF                = 96
	msgClose              = 97
	msgChannelRequest     = 98
	msgChannelSuccess     = 99
	msgChannelFailure     = 100
)

const (
	version    = "SSH-2.0-stub"
	kexName    = "curve25519-sha256"
	keyName    = "ssh-ed25519"
	cipherName = "aes128-gcm@openssh.com"
	macNames   = "hmac-sha2-256"
)

// Keys are what all connections share.
type keys struct {
	host ed25519.PrivateKey
	// The host's, and that of who may log in, as SSH writes them.
	hostBlob, allowedBlob []byte
	allowed               ed25519.PublicKey
	// One for all key exchanges: nobody listens, and half of their work is saved.
	secret, public []byte
	kexInit        []byte
}

func newKeys(host ed25519.PrivateKey, allowed ed25519.PublicKey) (*keys, error) {
	made := &keys{host: host, allowed: allowed, secret: make([]byte, 32)}
	blob := func(key ed25519.PublicKey) []byte { return text(text(nil, []byte(keyName)), key) }
	made.hostBlob, made.allowedBlob = blob(host.Public().(ed25519.PublicKey)), blob(allowed)
	if _, err := rand.Read(made.secret); err != nil {
		return nil, err
	}
	var err error
	made.public, err = curve25519.X25519(made.secret, curve25519.Basepoint)
	made.kexInit = append([]byte{msgKexInit}, make([]byte, 16)...)
	for _, names := range []string{kexName, keyName, cipherName, cipherName, macNames, macNames, "none", "none", "", ""} {
		made.kexInit = text(made.kexInit, []byte(names))
	}
	made.kexInit = append(made.kexInit, 0, 0, 0, 0, 0)
	return made, err
}

// A login is a connection of a client, let in or not yet.
type login struct {
	*wire
	keys           *keys
	clientVersion  []byte
	clientKexInit  []byte
	session        []byte
	next           *sealing
	isIn           bool
	channels       map[uint32]*channel
	channelsOpened uint32
}

var errRefused = errors.New("this is not offered here")

// serve talks with a client until one of both ends it.
func serve(connection net.Conn, keys *keys) {
	login := &login{wire: newWire(connection), keys: keys, channels: map[uint32]*channel{}}
	defer login.end()
	login.written = append(login.written, version+"\r\n"...)
	login.send(keys.kexInit)
	if login.greet() != nil {
		return
	}
	for {
		packet, err := login.read()
		if err != nil || login.take(packet) != nil {
			return
		}
	}
}

func (login *login) end() {
	login.flush()
	login.connection.Close()
	for _, channel := range login.channels {
		channel.cut()
	}
}

func (login *login) greet() error {
	if err := login.fill(1); err != nil {
		return err
	}
	line, err := login.reader.ReadSlice('\n')
	login.clientVersion = append([]byte(nil), bytes.TrimRight(line, "\r\n")...)
	return err
}

// take does what a packet asks for. An error ends the connection.
func (login *login) take(packet []byte) error {
	message := &message{rest: packet}
	switch kind := message.bytes(1)[0]; {
	case kind < msgServiceRequest:
		// Words to be ignored, and the end, which the connection's comes with.
	case kind == msgKexInit:
		return login.offer(packet)
	case kind == msgKexInquiry && login.clientKexInit != nil:
		return login.exchange(message.text())
	case kind == msgNewKeys && login.next != nil:
		login.in, login.next = login.next, nil
	case login.in == nil:
		return errRefused
	case kind == msgServiceRequest:
		login.send(put(msgServiceAccept, message.text()))
	case kind == msgLoginRequest:
		login.authenticate(packet, message)
	case !login.isIn:
		return errRefused
	case kind == msgGlobalRequest:
		message.text()
		if message.bool() {
			login.send([]byte{msgGlobalFailure})
		}
	case kind == msgChannelOpen:
		login.open(message)
	default:
		login.toChannel(kind, message)
	}
	if message.isBroken {
		return errPacket
	}
	return nil
}

// offer begins a key exchange, of which the first is begun by us.
func (login *login) offer(packet []byte) error {
	if login.session != nil {
		login.send(login.keys.kexInit)
	}
	login.clientKexInit = append([]byte(nil), packet...)
	lists := &message{rest: packet}
	lists.bytes(17)
	for _, name := range []string{kexName, keyName, cipherName, cipherName} {
		if !contains(lists.text(), name) {
			return errRefused
		}
	}
	return nil
}

func contains(list []byte, name string) bool {
	for _, each := range bytes.Split(list, []byte(",")) {
		if string(each) == name {
			return true
		}
	}
	return false
}

// exchange is RFC 8731, and RFC 4253, sections 7.2 and 8.
func (login *login) exchange(public []byte) error {
	shared, err := curve25519.X25519(login.keys.secret, public)
	if err != nil {
		return err
	}
	number := text(nil, positive(shared))
	var told []byte
	for _, part := range [][]byte{
		login.clientVersion, []byte(version), login.clientKexInit, login.keys.kexInit,
		login.keys.hostBlob, public, login.keys.public,
	} {
		told = text(told, part)
	}
	hash := sha256.Sum256(append(told, number...))
	if login.session == nil {
		login.session = append([]byte(nil), hash[:]...)
	}
	login.clientKexInit = nil
	signature := text(text(nil, []byte(keyName)), ed25519.Sign(login.keys.host, hash[:]))
	login.send(put(msgKexReply, login.keys.hostBlob, login.keys.public, signature))
	login.send([]byte{msgNewKeys})
	derive := func(letter byte, length int) []byte {
		all := append(append(append(append([]byte(nil), number...), hash[:]...), letter), login.session...)
		sum := sha256.Sum256(all)
		return sum[:length]
	}
	login.next = newSealing(derive('C', 16), derive('A', 12))
	login.mutex.Lock()
	login.out = newSealing(derive('D', 16), derive('B', 12))
	login.mutex.Unlock()
	return nil
}

// authenticate is RFC 4252, section 7: the one key, whoever logs in.
func (login *login) authenticate(packet []byte, message *message) {
	message.text()
	message.text()
	isKey := string(message.text()) == "publickey"
	if isKey {
		isSigned := message.bool()
		name, blob := message.text(), message.text()
		signed := packet[:len(packet)-len(message.rest)]
		switch {
		case string(name) != keyName || !bytes.Equal(blob, login.keys.allowedBlob):
		case !isSigned:
			login.send(put(msgKeyIsGood, name, blob))
			return
		case login.isSigned(signed, message.text()):
			login.isIn = true
			atomic.AddInt64(&counts.Logins, 1)
			login.send([]byte{msgLoginSuccess})
			return
		}
	}
	login.send(put(msgLoginFailure, "publickey", false))
}

func (login *login) isSigned(signed, signature []byte) bool {
	parts := &message{rest: signature}
	name, value := parts.text(), parts.text()
	return string(name) == keyName && !parts.isBroken &&
		ed25519.Verify(login.keys.allowed, append(text(nil, login.session), signed...), value)
}
