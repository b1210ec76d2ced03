package main

import (
	"bytes"
	"regexp"
	"sync/atomic"
)

// A talk is what goes on over one channel: its client tells a resident shell (src/remote/resident-shell.ts) step by
// step what to do. It is answered from the lessons as far as they know, and from there on by a shell of its own.
type talk struct {
	channel *channel
	line    string
	// The mark that ends an answer is both, one behind the other.
	halves [2][]byte
	// Where the talk has come to in the lessons; nil where it has left them.
	at *step
	// All that the client has said, in steps as far as `done`.
	said []byte
	done int
	// How many steps were answered from the lessons.
	replayed int
	shell    *shell
	scratch  []byte
}

// The first line that a resident shell is sent. Other shells are sent a program in it, which may change something.
var greeting = regexp.MustCompile(`^: ([0-9a-f]{12}); .* ([0-9a-f]{12}) >&2; :\n`)

// Makes something that is the host's own, and that others are not to be told of.
var own = []byte("mktemp")

func newTalk(channel *channel, line string) *talk {
	return &talk{channel: channel, line: line, at: lessonOf(line)}
}

// hear takes what the client says.
func (talk *talk) hear(said []byte) {
	talk.said = append(talk.said, said...)
	var out, err []byte
	for talk.at != nil {
		raw := talk.step()
		if raw == nil {
			break
		}
		end := partEnd(raw)
		given := talk.known(raw, end, func() {
			talk.say(&out, &err)
			talk.channel.login.flush()
		})
		if given == nil {
			continue
		}
		talk.replayed++
		for index, piece := range given.stdout {
			if index > 0 {
				out = append(out, end...)
			}
			out = append(out, piece...)
		}
		out = talk.mark(out, given.code)
		err = talk.mark(append(err, given.stderr...), "0")
	}
	talk.say(&out, &err)
	if talk.at == nil {
		talk.tell(len(talk.said))
		talk.said, talk.done = nil, 0
	}
}

// step is the next one that the client has said to its end; where it is none of a resident shell, the lessons are left.
func (talk *talk) step() []byte {
	rest := talk.said[talk.done:]
	end := -1
	if talk.halves[0] == nil {
		found := greeting.FindSubmatchIndex(rest)
		if found != nil {
			talk.halves = [2][]byte{rest[found[2]:found[3]], rest[found[4]:found[5]]}
			end = found[1]
		} else if bytes.IndexByte(rest, '\n') != -1 {
			talk.at = nil
			forgetAll()
		}
	} else {
		mark := bytes.Join([][]byte{nil, talk.halves[0], talk.halves[1], []byte(">&2\n")}, []byte(" "))
		if found := bytes.Index(rest, mark); found != -1 {
			end = found + len(mark)
		}
	}
	if end == -1 {
		return nil
	}
	if bytes.Contains(rest[:end], own) {
		talk.at = nil
		return nil
	}
	return rest[:end]
}

// known gives the answer to a step from the lessons. It gives none where a shell is left to answer, which the lessons
// then learn from. `pause` is called before it is waited for another talk to learn it.
func (talk *talk) known(raw, end []byte, pause func()) *answer {
	text := talk.common(raw, end)
	for {
		found, isNew := talk.at.after(text)
		if isNew || talk.shell != nil {
			talk.learn(&lesson{before: talk.at, step: found, isNew: isNew, partEnd: end}, len(raw))
			return nil
		}
		select {
		case <-found.over:
		default:
			pause()
			<-found.over
		}
		if found.answer != nil {
			talk.at = found
			talk.done += len(raw)
			return found.answer
		}
	}
}

// common is a step as all who say it have it.
func (talk *talk) common(raw, end []byte) []byte {
	talk.scratch = append(talk.scratch[:0], raw...)
	for _, random := range [][]byte{talk.halves[0], talk.halves[1], end} {
		rest := talk.scratch
		for random != nil {
			at := bytes.Index(rest, random)
			if at == -1 {
				break
			}
			copy(rest[at:], "------------------------"[:len(random)])
			rest = rest[at+len(random):]
		}
	}
	return talk.scratch
}

func (talk *talk) learn(lesson *lesson, length int) {
	if talk.shell == nil {
		talk.start()
	}
	talk.shell.learns(lesson)
	talk.at = lesson.step
	talk.tell(talk.done + length)
}

// start gives the talk a shell, and has it catch up.
func (talk *talk) start() {
	atomic.AddInt64(&counts.Shells, 1)
	var mark []byte
	if talk.halves[0] != nil {
		mark = append(append(append(mark, talk.halves[0]...), talk.halves[1]...), ' ')
	}
	talk.shell = startShell(talk.channel, talk.line, mark, talk.replayed)
	talk.shell.tell(talk.said[:talk.done])
}

// tell has the shell hear what the client has said up to there.
func (talk *talk) tell(end int) {
	if talk.shell == nil {
		talk.start()
	}
	talk.shell.tell(talk.said[talk.done:end])
	talk.done = end
}

// end is the end of what the client says. A shell that has nothing to do ends then.
func (talk *talk) end() {
	if talk.shell == nil && talk.done == len(talk.said) {
		atomic.AddInt64(&counts.Replayed, 1)
		talk.channel.exitStatus(0)
		talk.channel.close()
		return
	}
	talk.tell(len(talk.said))
	talk.shell.end()
}

func (talk *talk) mark(bytes []byte, code string) []byte {
	bytes = append(append(bytes, talk.halves[0]...), talk.halves[1]...)
	return append(append(append(bytes, ' '), code...), '\n')
}

// say hands on what has been gathered.
func (talk *talk) say(out, err *[]byte) {
	talk.channel.say(*out, false)
	talk.channel.say(*err, true)
	*out, *err = nil, nil
}

// cut is for a client that has gone: what its shell says is for nobody.
func (talk *talk) cut() {
	if talk.shell != nil {
		talk.shell.end()
	}
}
