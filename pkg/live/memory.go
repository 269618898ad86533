package live

import (
	"errors"
	"sync"
)

// errBusClosed answers whoever uses a bus after its end.
var errBusClosed = errors.New("the bus is closed")

// Memory is the bus of a forum that runs as one process. Messages are handed
// over within Publish.
type Memory struct {
	mu       sync.RWMutex
	closed   bool
	last     int
	watchers map[Subject]map[int]*listener
}

// listener receives one message at a time.
type listener struct {
	mu      sync.Mutex
	receive func([]byte)
}

// NewMemory opens a bus within this process.
func NewMemory() *Memory {
	return &Memory{watchers: map[Subject]map[int]*listener{}}
}

// Publish implements Bus.
func (m *Memory) Publish(subject Subject, message []byte) error {
	m.mu.RLock()
	if m.closed {
		m.mu.RUnlock()
		return errBusClosed
	}
	listeners := make([]*listener, 0, len(m.watchers[subject]))
	for _, l := range m.watchers[subject] {
		listeners = append(listeners, l)
	}
	m.mu.RUnlock()
	for _, l := range listeners {
		l.hear(message)
	}
	return nil
}

func (l *listener) hear(message []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.receive(message)
}

// Subscribe implements Bus.
func (m *Memory) Subscribe(subject Subject, receive func([]byte)) (func(), error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errBusClosed
	}
	m.last++
	id := m.last
	if m.watchers[subject] == nil {
		m.watchers[subject] = map[int]*listener{}
	}
	m.watchers[subject][id] = &listener{receive: receive}
	return func() { m.forget(subject, id) }, nil
}

func (m *Memory) forget(subject Subject, id int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.watchers[subject], id)
	if len(m.watchers[subject]) == 0 {
		delete(m.watchers, subject)
	}
}

// Close implements Bus.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	clear(m.watchers)
	return nil
}
