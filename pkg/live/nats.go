package live

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	natsPrefix  = "plenary."
	natsWaiting = 4096 // messages that wait here before more are let go
)

// NATS is the bus of a forum that runs as several processes. It uses the core
// of NATS, which stores nothing; what gets lost the timelines make up for.
type NATS struct {
	log      *slog.Logger
	conn     *nats.Conn
	incoming chan *nats.Msg
	quit     chan struct{} // closed to end handing out
	done     chan struct{} // closed when it has ended

	mu        sync.Mutex
	closed    bool
	last      int
	watchers  map[Subject]map[int]*listener
	receiving map[Subject]*nats.Subscription
}

// NewNATS opens a bus on the server at url, such as "nats://10.0.0.5:4222". It
// does not fail where the server is away: it goes on trying to connect for ever,
// and publishes nothing meanwhile. A nil log logs nothing.
func NewNATS(url string, log *slog.Logger) (*NATS, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	n := &NATS{
		log:       log,
		incoming:  make(chan *nats.Msg, natsWaiting),
		quit:      make(chan struct{}),
		done:      make(chan struct{}),
		watchers:  map[Subject]map[int]*listener{},
		receiving: map[Subject]*nats.Subscription{},
	}
	conn, err := nats.Connect(url, n.options()...)
	if err != nil {
		return nil, fmt.Errorf("connecting to NATS: %w", err)
	}
	n.conn = conn
	go n.handOut()
	return n, nil
}

func (n *NATS) options() []nats.Option {
	return []nats.Option{
		nats.Name("plenary"),
		nats.RetryOnFailedConnect(true),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(500 * time.Millisecond),
		nats.ReconnectJitter(500*time.Millisecond, 500*time.Millisecond),
		nats.ReconnectBufSize(-1), // what cannot be sent now is of no use later
		nats.PingInterval(10 * time.Second),
		nats.FlusherTimeout(2 * time.Second),
		nats.Timeout(2 * time.Second),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { n.log.Warn("live: the bus is cut off", "error", err) }),
		nats.ReconnectHandler(func(*nats.Conn) { n.log.Info("live: the bus is back") }),
		nats.ErrorHandler(func(_ *nats.Conn, s *nats.Subscription, err error) {
			subject := ""
			if s != nil {
				subject = s.Subject
			}
			n.log.Warn("live: the bus reports an error", "subject", subject, "error", err)
		}),
	}
}

// Publish implements Bus.
func (n *NATS) Publish(subject Subject, message []byte) error {
	if err := n.conn.Publish(natsPrefix+string(subject), message); err != nil {
		return fmt.Errorf("publishing %s: %w", subject, err)
	}
	return nil
}

// Subscribe implements Bus.
func (n *NATS) Subscribe(subject Subject, receive func([]byte)) (func(), error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return nil, errBusClosed
	}
	if n.receiving[subject] == nil {
		sub, err := n.conn.ChanSubscribe(natsPrefix+string(subject), n.incoming)
		if err != nil {
			return nil, fmt.Errorf("subscribing to %s: %w", subject, err)
		}
		n.receiving[subject] = sub
		n.watchers[subject] = map[int]*listener{}
	}
	n.last++
	id := n.last
	n.watchers[subject][id] = &listener{receive: receive}
	return func() { n.forget(subject, id) }, nil
}

func (n *NATS) forget(subject Subject, id int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.watchers[subject], id)
	if len(n.watchers[subject]) > 0 || n.receiving[subject] == nil {
		return
	}
	if err := n.receiving[subject].Unsubscribe(); err != nil {
		n.log.Debug("live: unsubscribing from the bus", "subject", subject, "error", err)
	}
	delete(n.watchers, subject)
	delete(n.receiving, subject)
}

// handOut gives every message to those who listen, one after the other.
func (n *NATS) handOut() {
	defer close(n.done)
	for {
		select {
		case <-n.quit:
			return
		case m := <-n.incoming:
			for _, l := range n.listeners(Subject(strings.TrimPrefix(m.Subject, natsPrefix))) {
				l.hear(m.Data)
			}
		}
	}
}

func (n *NATS) listeners(subject Subject) []*listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Collect(maps.Values(n.watchers[subject]))
}

// Close implements Bus. It sends what is on its way first, as far as the server
// is there to take it.
func (n *NATS) Close() error {
	n.mu.Lock()
	if n.closed {
		n.mu.Unlock()
		return nil
	}
	n.closed = true
	clear(n.watchers)
	clear(n.receiving)
	n.mu.Unlock()
	if n.conn.IsConnected() {
		if err := n.conn.FlushTimeout(time.Second); err != nil {
			n.log.Debug("live: flushing the bus", "error", err)
		}
	}
	n.conn.Close()
	close(n.quit)
	<-n.done
	return nil
}
