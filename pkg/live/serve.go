package live

import (
	"net"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

// newUpgrader keeps what a socket holds in memory small: a little to read with,
// and something to write with only while it writes.
func newUpgrader() websocket.Upgrader {
	return websocket.Upgrader{
		ReadBufferSize:    1024,
		WriteBufferPool:   &sync.Pool{},
		EnableCompression: true,
		HandshakeTimeout:  writeTimeout,
		CheckOrigin:       func(*http.Request) bool { return true }, // Serve has looked already
	}
}

// Serve makes a socket of the request and returns; the socket lives on. The
// request is answered 403 where its origin is not ours and 503 once the hub
// closes. Who is the visitor that the request was found to come from.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, who Visitor) {
	if !mayConnect(r, h.cfg.Origins(r), who.Bearer) {
		h.count.refused.Add(1)
		http.Error(w, "This address takes connections from pages of this forum only.", http.StatusForbidden)
		return
	}
	if h.isClosing() {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "Restarting. Try again in a moment.", http.StatusServiceUnavailable)
		return
	}
	ws, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		h.count.refused.Add(1)
		return // Upgrade has answered
	}
	limitSendBuffer(ws)
	c := newConn(h, ws, who)
	if code, reason := h.admit(c); code != 0 {
		c.end(code, reason, nil)
	}
	if !h.crew.start(c.read) {
		c.finish()
	}
}

// limitSendBuffer keeps the kernel from taking megabytes for a reader that has
// stopped reading.
func limitSendBuffer(ws *websocket.Conn) {
	inner := ws.NetConn()
	if wrapped, ok := inner.(interface{ NetConn() net.Conn }); ok { // TLS
		inner = wrapped.NetConn()
	}
	if tcp, ok := inner.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer) // without it all works, with more memory
	}
}
