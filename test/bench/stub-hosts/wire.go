package main

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
)

// The most that a packet may hold (RFC 4253, section 6.1, asks for 35,000 at least), in bytes.
const packetAtMost = 1 << 18

var errPacket = errors.New("not a packet")

// A wire is the binary packet protocol of SSH (RFC 4253, section 6) with aes128-gcm (RFC 5647) as its only cipher. What
// is sent is gathered until `flush`: each system call here is one for the client, too.
type wire struct {
	connection net.Conn
	reader     *bufio.Reader
	in, out    *sealing
	packet     []byte

	mutex   sync.Mutex
	written []byte
	err     error
}

// A sealing is a key of one direction, and the number of the next packet in its nonce.
type sealing struct {
	aead  cipher.AEAD
	nonce [12]byte
}

func newSealing(key, nonce []byte) *sealing {
	block, err := aes.NewCipher(key)
	if err != nil {
		fail(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		fail(err)
	}
	made := &sealing{aead: aead}
	copy(made.nonce[:], nonce)
	return made
}

func (sealing *sealing) count() {
	counter := sealing.nonce[4:]
	binary.BigEndian.PutUint64(counter, binary.BigEndian.Uint64(counter)+1)
}

func newWire(connection net.Conn) *wire {
	return &wire{connection: connection, reader: bufio.NewReaderSize(connection, 1<<13)}
}

// read gives what the next packet holds, which is good until the next call. It sends what was gathered before it waits.
func (wire *wire) read() ([]byte, error) {
	if err := wire.fill(4); err != nil {
		return nil, err
	}
	head, _ := wire.reader.Peek(4)
	length := int(binary.BigEndian.Uint32(head))
	if length < 2 || length > packetAtMost {
		return nil, errPacket
	}
	size := 4 + length
	if wire.in != nil {
		size += wire.in.aead.Overhead()
	}
	if cap(wire.packet) < size {
		wire.packet = make([]byte, size+size/2)
	}
	packet := wire.packet[:size]
	if wire.reader.Buffered() < size {
		wire.flush()
	}
	if _, err := io.ReadFull(wire.reader, packet); err != nil {
		return nil, err
	}
	body := packet[4 : 4+length]
	if wire.in != nil {
		if _, err := wire.in.aead.Open(body[:0], wire.in.nonce[:], packet[4:], packet[:4]); err != nil {
			return nil, err
		}
		wire.in.count()
	}
	padding := int(body[0])
	if padding+2 > length {
		return nil, errPacket
	}
	return body[1 : length-padding], nil
}

func (wire *wire) fill(count int) error {
	if wire.reader.Buffered() < count {
		wire.flush()
	}
	_, err := wire.reader.Peek(count)
	return err
}

// send gathers a packet that holds this.
func (wire *wire) send(payload []byte) {
	wire.mutex.Lock()
	defer wire.mutex.Unlock()
	block := 8
	// With a cipher of this kind the length is not part of what is padded.
	outside := 0
	if wire.out != nil {
		block, outside = aes.BlockSize, 4
	}
	padding := block - (5-outside+len(payload))%block
	if padding < 4 {
		padding += block
	}
	length := 1 + len(payload) + padding
	start := len(wire.written)
	wire.written = binary.BigEndian.AppendUint32(wire.written, uint32(length))
	wire.written = append(append(wire.written, byte(padding)), payload...)
	// Padding is to be random against those who listen, of whom there are none.
	wire.written = append(wire.written, make([]byte, padding)...)
	if wire.out != nil {
		body := wire.written[start+4:]
		wire.written = wire.out.aead.Seal(wire.written[:start+4], wire.out.nonce[:], body, wire.written[start:start+4])
		wire.out.count()
	}
}

// flush sends what was gathered.
func (wire *wire) flush() {
	wire.mutex.Lock()
	defer wire.mutex.Unlock()
	if len(wire.written) > 0 && wire.err == nil {
		_, wire.err = wire.connection.Write(wire.written)
	}
	wire.written = wire.written[:0]
}

// A message is taken apart, and put together, as RFC 4251, section 5, has it. One that is too short is broken.
type message struct {
	rest     []byte
	isBroken bool
}

func (message *message) bytes(count int) []byte {
	if count < 0 || len(message.rest) < count {
		message.isBroken = true
		message.rest = nil
		return make([]byte, 8)[:min(max(count, 0), 8)]
	}
	taken := message.rest[:count]
	message.rest = message.rest[count:]
	return taken
}

func (message *message) number() uint32 { return binary.BigEndian.Uint32(message.bytes(4)) }
func (message *message) bool() bool     { return message.bytes(1)[0] != 0 }
func (message *message) text() []byte   { return message.bytes(int(message.number())) }

func min(one, other int) int {
	if one < other {
		return one
	}
	return other
}

func max(one, other int) int {
	if one > other {
		return one
	}
	return other
}

// put makes a message of bytes, numbers, truths and texts.
func put(kind byte, parts ...any) []byte {
	made := []byte{kind}
	for _, part := range parts {
		switch value := part.(type) {
		case uint32:
			made = binary.BigEndian.AppendUint32(made, value)
		case bool:
			made = append(made, 0)
			if value {
				made[len(made)-1] = 1
			}
		case string:
			made = text(made, []byte(value))
		case []byte:
			made = text(made, value)
		}
	}
	return made
}

func text(to, value []byte) []byte {
	return append(binary.BigEndian.AppendUint32(to, uint32(len(value))), value...)
}

// positive is a number of many bytes, without a sign.
func positive(value []byte) []byte {
	value = bytes.TrimLeft(value, "\x00")
	if len(value) > 0 && value[0] >= 0x80 {
		return append([]byte{0}, value...)
	}
	return value
}
