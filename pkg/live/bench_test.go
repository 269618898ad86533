package live_test

import (
	"fmt"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/pkg/event"
)

// BenchmarkFanOut tells 1,000 sockets of one comment of 2 KB and reports when
// half of them, 99 in 100 and the last one have it. The clients run in the same
// process and share its cores.
func BenchmarkFanOut(b *testing.B) {
	const sockets = 1000
	f := newForum()
	f.text = strings.Repeat("Let us meet in the old mill. ", 70)
	n := start(b, f)
	received := make(chan time.Time, sockets)
	for i := range sockets {
		c := n.open(b, fmt.Sprintf("person=%d", i+1))
		c.subscribe(`"group":42,"format":"html"`)
		go func() {
			for {
				if _, _, err := c.ws.ReadMessage(); err != nil {
					return
				}
				received <- time.Now()
			}
		}()
		if err := c.ws.SetReadDeadline(time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
	var took []time.Duration
	b.ResetTimer()
	for range b.N {
		began := time.Now()
		n.Wake(n.comments(event.Group(42), 1))
		for range sockets {
			took = append(took, (<-received).Sub(began))
		}
	}
	b.StopTimer()
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(took[len(took)/2]), "p50-ms")
	b.ReportMetric(ms(took[len(took)*99/100]), "p99-ms")
	b.ReportMetric(ms(took[len(took)-1]), "max-ms")
}

// BenchmarkIdleSocket reports what an open socket that watches a thread costs in
// heap and stacks, all bookkeeping included. The other ends are bare TCP
// connections in the same process; their few hundred bytes are counted too.
func BenchmarkIdleSocket(b *testing.B) {
	const sockets = 2000
	for range b.N {
		n := start(b, newForum())
		openRaw(b, n) // what the first one costs is not the sockets'
		before := memory()
		conns := make([]net.Conn, sockets)
		for i := range conns {
			conns[i] = openRaw(b, n)
		}
		b.ReportMetric(float64(memory()-before)/sockets, "B/socket")
		runtime.KeepAlive(conns)
	}
}

// openRaw subscribes to a thread over a connection without a client behind it.
func openRaw(b *testing.B, n *node) net.Conn {
	b.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(n.url, "ws://"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	const subscription = `{"type":"subscribe","thread":42}`
	_, err = fmt.Fprintf(conn, "GET /live HTTP/1.1\r\nHost: x\r\nOrigin: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"+
		"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", home)
	if err != nil {
		b.Fatal(err)
	}
	readUntil(b, conn, "\r\n\r\n")
	frame := append([]byte{0x81, 0x80 | byte(len(subscription)), 0, 0, 0, 0}, subscription...) // masked with zeros
	if _, err := conn.Write(frame); err != nil {
		b.Fatal(err)
	}
	readUntil(b, conn, "subscribed")
	return conn
}

func readUntil(b *testing.B, conn net.Conn, end string) {
	b.Helper()
	var got []byte
	one := make([]byte, 1)
	for !strings.HasSuffix(string(got), end) {
		if _, err := conn.Read(one); err != nil {
			b.Fatal(err)
		}
		got = append(got, one[0])
	}
}

func memory() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
