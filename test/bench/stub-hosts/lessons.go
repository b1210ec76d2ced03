package main

import (
	"bytes"
	"regexp"
	"sync"
)

// A step is one thing that a shell is sent, without what tells one shell from another, and what it answers. That
// depends on what the shell was sent before, so steps form a tree.
type step struct {
	text string
	// Closed when it is known what is answered, or that nobody will learn it.
	over   chan struct{}
	answer *answer
	next   []*step
}

// An answer is what comes before the mark on either stream, and the number behind the mark on stdout.
type answer struct {
	// Between the pieces is the word that the script ends each of its parts with.
	stdout [][]byte
	stderr []byte
	code   string
}

// partEnd is the word in a script of several probes (scriptOf in src/engine/prefetch/probe-cache.ts) that it prints
// behind what each of them finds; nil where there is none.
func partEnd(script []byte) []byte {
	start := bytes.LastIndex(script, partEndBefore)
	if start == -1 {
		return nil
	}
	return partEndWord.Find(script[start+len(partEndBefore):])
}

var (
	partEndBefore = []byte(`printf '\''\n`)
	partEndWord   = regexp.MustCompile(`^[0-9a-f]{24}`)
)

// lessons are the trees, by the command lines that start a shell.
var lessons = struct {
	sync.Mutex
	of map[string]*step
}{of: map[string]*step{}}

func lessonOf(line string) *step {
	lessons.Lock()
	defer lessons.Unlock()
	if lessons.of[line] == nil {
		lessons.of[line] = &step{}
	}
	return lessons.of[line]
}

// forgetAll has all be learned anew by talks that begin from now on.
func forgetAll() {
	lessons.Lock()
	defer lessons.Unlock()
	lessons.of = map[string]*step{}
}

// after finds the step behind this one. The first who asks for it is to learn what is answered.
func (before *step) after(text []byte) (found *step, isNew bool) {
	lessons.Lock()
	defer lessons.Unlock()
	for _, known := range before.next {
		if known.text == string(text) {
			return known, false
		}
	}
	found = &step{text: string(text), over: make(chan struct{})}
	before.next = append(before.next, found)
	return found, true
}

// isRoot: what comes behind it is the first that a shell is sent, and is answered with its process group.
func (before *step) isRoot() bool {
	return before.over == nil
}

// teach lets all others answer alike.
func (learned *step) teach(given *answer) {
	learned.answer = given
	close(learned.over)
}

// forget leaves it to the next who asks to learn the answer.
func (before *step) forget(unlearned *step) {
	lessons.Lock()
	defer lessons.Unlock()
	for index, known := range before.next {
		if known == unlearned {
			before.next = append(before.next[:index:index], before.next[index+1:]...)
			break
		}
	}
	close(unlearned.over)
}
