package main

import (
	"bytes"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
)

// A lesson is a step that a shell is to answer, and behind which other step it comes; isNew where others wait for it.
type lesson struct {
	before, step *step
	isNew        bool
	// What the script ends each of its parts with.
	partEnd []byte
	given   answer
	streams int
}

// A shell is a program whose output goes to a channel.
type shell struct {
	stdin *os.File
	// Ends what it answers to a step, with a number behind it; nil where it is sent no steps.
	mark []byte
	// How many answers have been given for it before it was there.
	behind int

	mutex   sync.Mutex
	lessons []*lesson
	untold  []byte
	isTold  bool
	news    *sync.Cond
}

// No process has this number (PID_MAX_LIMIT, proc(5)): there is none that a client could end.
const noProcess = "4194304"

func startShell(channel *channel, line string, mark []byte, behind int) *shell {
	stdin, writer, err := os.Pipe()
	if err != nil {
		fail(err)
	}
	started := &shell{stdin: writer, mark: mark, behind: behind}
	started.news = sync.NewCond(&started.mutex)
	go started.feed()
	program := exec.Command("/bin/sh", "-c", line)
	// As sshd has it.
	program.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	program.Dir = "/"
	if home := os.Getenv("HOME"); home != "" {
		program.Dir = home
	}
	program.Stdin = stdin
	var pumps sync.WaitGroup
	pump := func(isErr bool) *os.File {
		reader, writer, err := os.Pipe()
		if err != nil {
			fail(err)
		}
		pumps.Add(1)
		go func() {
			defer pumps.Done()
			defer reader.Close()
			started.pump(reader, channel, isErr)
		}()
		return writer
	}
	out := pump(false)
	errors := pump(true)
	program.Stdout, program.Stderr = out, errors
	err = program.Start()
	for _, file := range []*os.File{stdin, out, errors} {
		file.Close()
	}
	if err != nil {
		fail(err)
	}
	go func() {
		program.Wait()
		sayEnd(channel, program.ProcessState.Sys().(syscall.WaitStatus))
		channel.login.flush()
		pumps.Wait()
		started.over()
		channel.close()
		channel.login.flush()
	}()
	return started
}

// The signals that have a name in RFC 4254, section 6.10.
var signals = map[syscall.Signal]string{
	syscall.SIGABRT: "ABRT", syscall.SIGALRM: "ALRM", syscall.SIGFPE: "FPE", syscall.SIGHUP: "HUP",
	syscall.SIGILL: "ILL", syscall.SIGINT: "INT", syscall.SIGKILL: "KILL", syscall.SIGPIPE: "PIPE",
	syscall.SIGQUIT: "QUIT", syscall.SIGSEGV: "SEGV", syscall.SIGTERM: "TERM", syscall.SIGUSR1: "USR1",
	syscall.SIGUSR2: "USR2",
}

// sayEnd says how a program has ended.
func sayEnd(channel *channel, status syscall.WaitStatus) {
	if status.Signaled() {
		channel.exitSignal(signals[status.Signal()])
	} else {
		channel.exitStatus(uint32(status.ExitStatus()))
	}
}

// tell has the shell hear this, sooner or later: who waited for it could not hear that its client takes what it says.
func (shell *shell) tell(said []byte) {
	shell.mutex.Lock()
	defer shell.mutex.Unlock()
	shell.untold = append(shell.untold, said...)
	shell.news.Signal()
}

func (shell *shell) end() {
	shell.mutex.Lock()
	defer shell.mutex.Unlock()
	shell.isTold = true
	shell.news.Signal()
}

// feed writes what the shell is told. One that has ended hears nothing, and its client is told of that.
func (shell *shell) feed() {
	defer shell.stdin.Close()
	for {
		shell.mutex.Lock()
		for len(shell.untold) == 0 && !shell.isTold {
			shell.news.Wait()
		}
		said := shell.untold
		shell.untold = nil
		shell.mutex.Unlock()
		if len(said) == 0 {
			return
		}
		if _, err := shell.stdin.Write(said); err != nil {
			return
		}
	}
}

// learns is called before the shell is told the step.
func (shell *shell) learns(lesson *lesson) {
	shell.mutex.Lock()
	defer shell.mutex.Unlock()
	shell.lessons = append(shell.lessons, lesson)
}

// lesson is the one that the answer of this number is to, if there is one.
func (shell *shell) lesson(number int) *lesson {
	shell.mutex.Lock()
	defer shell.mutex.Unlock()
	if number < 0 || number >= len(shell.lessons) {
		return nil
	}
	return shell.lessons[number]
}

// pump hands on what a shell says and its client has not heard, answer by answer as long as they are to be learned.
func (shell *shell) pump(from *os.File, to *channel, isErr bool) {
	number := -shell.behind
	buffer := make([]byte, 1<<15)
	var rest []byte
	for {
		count, err := from.Read(buffer)
		rest = append(rest, buffer[:count]...)
		for len(rest) > 0 {
			lesson := shell.lesson(number)
			if number >= 0 && lesson == nil {
				to.write(rest, isErr)
				copyTo(to, from, isErr)
				return
			}
			length, size := shell.answerIn(rest)
			if length == 0 {
				break
			}
			if lesson != nil {
				// First: who waits to learn it may keep this client from taking more.
				shell.learn(lesson, isErr, rest[:size], rest[size+len(shell.mark):length-1])
				to.write(rest[:length], isErr)
			}
			rest = rest[length:]
			number++
		}
		if err != nil {
			if number >= 0 {
				to.write(rest, isErr)
			}
			return
		}
	}
}

func copyTo(to *channel, from *os.File, isErr bool) {
	buffer := make([]byte, 1<<15)
	for {
		count, err := from.Read(buffer)
		to.write(append([]byte(nil), buffer[:count]...), isErr)
		if err != nil {
			return
		}
	}
}

// answerIn gives the length of the first answer in what was said, with its mark and without; 0 where it has no end yet.
func (shell *shell) answerIn(said []byte) (length, size int) {
	size = bytes.Index(said, shell.mark)
	if size == -1 {
		return 0, 0
	}
	line := bytes.IndexByte(said[size:], '\n')
	if line == -1 {
		return 0, 0
	}
	return size + line + 1, size
}

// learn takes one stream's half of an answer.
func (shell *shell) learn(lesson *lesson, isErr bool, said, code []byte) {
	shell.mutex.Lock()
	defer shell.mutex.Unlock()
	said = append([]byte(nil), said...)
	if isErr {
		lesson.given.stderr = said
	} else {
		lesson.given.stdout = [][]byte{said}
		if lesson.partEnd != nil {
			lesson.given.stdout = bytes.Split(said, lesson.partEnd)
		}
		lesson.given.code = string(code)
		if lesson.before.isRoot() {
			lesson.given.code = noProcess
		}
	}
	lesson.streams++
	if lesson.streams == 2 && lesson.isNew {
		atomic.AddInt64(&counts.Learned, 1)
		lesson.step.teach(&lesson.given)
	}
}

// over: what has not been answered will not be.
func (shell *shell) over() {
	shell.mutex.Lock()
	defer shell.mutex.Unlock()
	for _, lesson := range shell.lessons {
		if lesson.isNew && lesson.streams < 2 {
			lesson.before.forget(lesson.step)
		}
	}
}
