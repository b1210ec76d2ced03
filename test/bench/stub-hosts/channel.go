package main

import (
	"encoding/binary"
	"sync"
)

// What a client may send before it is allowed more, in bytes, and when it is.
const (
	window      = 1 << 30
	windowLeast = 1 << 29
)

// Says that extended data is of stderr (RFC 4254, section 5.2).
const ofStderr = uint32(1)

// A channel is a program's streams, as a client has them (RFC 4254, section 5).
type channel struct {
	login     *login
	own, peer uint32
	talk      *talk
	left      uint32

	mutex sync.Mutex
	// What the client still takes, in all and in a packet.
	room, most uint32
	// What is to be sent as soon as there is room, in order.
	waiting []outgoing
	moved   *sync.Cond
	isOver  bool
}

// Data, or a message that comes behind all data before it.
type outgoing struct {
	data    []byte
	isErr   bool
	message []byte
}

func (login *login) open(message *message) {
	kind := string(message.text())
	peer, room, most := message.number(), message.number(), message.number()
	if kind != "session" || message.isBroken {
		login.send(put(msgChannelOpenFailure, peer, uint32(3), "only programs are started here", ""))
		return
	}
	opened := &channel{login: login, own: login.channelsOpened, peer: peer, room: room, most: most, left: window}
	opened.moved = sync.NewCond(&opened.mutex)
	login.channelsOpened++
	login.channels[opened.own] = opened
	login.send(put(msgChannelOpened, peer, opened.own, uint32(window), uint32(1<<15)))
}

// toChannel hands a message on to the channel that it is for.
func (login *login) toChannel(kind byte, message *message) {
	channel := login.channels[message.number()]
	if channel == nil {
		return
	}
	switch kind {
	case msgWindowAdjust:
		channel.grow(message.number())
	case msgData:
		channel.hear(message.text())
	case msgEOF:
		channel.endTalk()
	case msgClose:
		delete(login.channels, channel.own)
		channel.close()
		channel.cut()
	case msgChannelRequest:
		channel.request(message)
	}
}

// request starts a program; of what may be asked for besides there is nothing here.
func (channel *channel) request(message *message) {
	kind, wantsReply := string(message.text()), message.bool()
	isGood := kind == "exec" && channel.talk == nil
	if isGood {
		channel.talk = newTalk(channel, string(message.text()))
	}
	if wantsReply && isGood {
		channel.login.send(put(msgChannelSuccess, channel.peer))
	} else if wantsReply {
		channel.login.send(put(msgChannelFailure, channel.peer))
	}
}

func (channel *channel) hear(said []byte) {
	channel.left -= uint32(len(said))
	if channel.left < windowLeast {
		channel.login.send(put(msgWindowAdjust, channel.peer, window-channel.left))
		channel.left = window
	}
	if channel.talk != nil {
		channel.talk.hear(said)
	}
}

func (channel *channel) endTalk() {
	if channel.talk != nil {
		channel.talk.end()
		channel.talk = nil
	}
}

// cut is for a client that has gone, or wants no more.
func (channel *channel) cut() {
	channel.mutex.Lock()
	channel.isOver = true
	channel.waiting = nil
	channel.moved.Broadcast()
	channel.mutex.Unlock()
	if channel.talk != nil {
		channel.talk.cut()
		channel.talk = nil
	}
}

func (channel *channel) grow(bytes uint32) {
	channel.mutex.Lock()
	defer channel.mutex.Unlock()
	channel.room += bytes
	channel.move()
}

// say sends data as soon as the client takes it, and does not wait for that. It is the caller's to flush.
func (channel *channel) say(data []byte, isErr bool) {
	if len(data) > 0 {
		channel.put(outgoing{data: data, isErr: isErr})
	}
}

// write sends data, and waits until the client has taken it.
func (channel *channel) write(data []byte, isErr bool) {
	channel.say(data, isErr)
	channel.login.flush()
	channel.mutex.Lock()
	defer channel.mutex.Unlock()
	for len(channel.waiting) > 0 && !channel.isOver {
		channel.moved.Wait()
	}
}

func (channel *channel) exitStatus(status uint32) {
	channel.put(outgoing{message: put(msgChannelRequest, channel.peer, "exit-status", false, status)})
}

func (channel *channel) exitSignal(name string) {
	channel.put(outgoing{message: put(msgChannelRequest, channel.peer, "exit-signal", false, name, false, "", "")})
}

// close says that nothing more comes.
func (channel *channel) close() {
	channel.mutex.Lock()
	defer channel.mutex.Unlock()
	if channel.isOver {
		return
	}
	channel.isOver = true
	channel.waiting = append(channel.waiting, outgoing{message: put(msgEOF, channel.peer)})
	channel.waiting = append(channel.waiting, outgoing{message: put(msgClose, channel.peer)})
	channel.move()
}

func (channel *channel) put(out outgoing) {
	channel.mutex.Lock()
	defer channel.mutex.Unlock()
	if channel.isOver {
		return
	}
	channel.waiting = append(channel.waiting, out)
	channel.move()
}

// move sends what there is room for.
func (channel *channel) move() {
	for len(channel.waiting) > 0 {
		first := &channel.waiting[0]
		if first.message != nil {
			channel.login.send(first.message)
		} else {
			count := min(len(first.data), min(int(channel.room), int(channel.most)))
			if count == 0 {
				return
			}
			channel.login.send(channel.packet(first.data[:count], first.isErr))
			channel.room -= uint32(count)
			if count < len(first.data) {
				first.data = first.data[count:]
				continue
			}
		}
		channel.waiting = channel.waiting[1:]
	}
	channel.moved.Broadcast()
}

func (channel *channel) packet(data []byte, isErr bool) []byte {
	made := make([]byte, 0, len(data)+16)
	if isErr {
		made = binary.BigEndian.AppendUint32(append(made, msgExtendedData), channel.peer)
		made = binary.BigEndian.AppendUint32(made, ofStderr)
	} else {
		made = binary.BigEndian.AppendUint32(append(made, msgData), channel.peer)
	}
	return text(made, data)
}
