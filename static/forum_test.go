package static_test

import (
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"plenary/static"
)

// policy is the strictest content security policy the scripts must live with.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; " +
	"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types plenary"

// forum is a server with one thread that does what a test tells it to: enough
// of the real one to put every promise of the scripts to the proof.
type forum struct {
	*httptest.Server
	pages  *template.Template
	assets *static.Set

	mu       sync.Mutex
	viewer   string // person id; empty for visitors
	script   string
	can      string
	topic    string
	keys     string // "off" turns shortcuts off
	atEnd    bool
	items    []string // list items of the timeline
	events   []event
	sockets  map[*socket]bool
	refusing bool // no new sockets
	heard    []map[string]any
	posts    []url.Values // comments sent
	seen     []string     // seq of the beacons
	uploads  []string     // names of uploaded files
	answer   http.HandlerFunc
}

type event struct {
	seq  int
	html string
}

type socket struct {
	mu   sync.Mutex
	conn *websocket.Conn
}

func (s *socket) send(message any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// A failed write means that the test has cut this socket.
	_ = s.conn.WriteJSON(message)
}

func newForum(t *testing.T, comments int) *forum {
	t.Helper()
	assets, err := static.Open()
	if err != nil {
		t.Fatal(err)
	}
	f := &forum{assets: assets, viewer: "3", script: "app.js", topic: "thread:42", atEnd: true, sockets: map[*socket]bool{}}
	asset := func(name string) (string, error) {
		u, ok := assets.URL(name)
		if !ok {
			return "", fmt.Errorf("no asset %s", name)
		}
		return u, nil
	}
	f.pages, err = template.New("thread.html").Funcs(template.FuncMap{"asset": asset}).ParseFiles("testdata/thread.html")
	if err != nil {
		t.Fatal(err)
	}
	for i := range comments {
		f.events = append(f.events, event{seq: i + 1})
		f.items = append(f.items, item(i+1, "9", fmt.Sprintf("Old comment %d", i+1)))
	}
	f.Server = httptest.NewServer(f.routes())
	t.Cleanup(f.close)
	return f
}

func (f *forum) close() {
	f.cut(0)
	f.Server.CloseClientConnections()
	f.Server.Close()
}

// item is a comment as the page and an event show it; its id is 100 + seq.
func item(seq int, author, text string) string {
	return fmt.Sprintf(`<li><article id="c-%d" class="comment" data-seq="%d" data-author="%s" data-kind="comment" data-name="Bram">`+
		`<div class="body" id="c-%d-body"><p>%s <a href="/c/%d">link</a></p></div>`+
		`<p hidden data-shown-to="author moderate"><a data-edit href="/c/%d/edit" data-into="c-%d-body">Edit</a></p>`+
		`<p><a href="/c/%d" data-reply="%d">Reply</a> <a href="/c/%d" data-reply="%d" data-quote>Quote</a></p></article></li>`,
		100+seq, seq, author, 100+seq, html.EscapeString(text), 100+seq, 100+seq, 100+seq, 100+seq, 100+seq, 100+seq, 100+seq)
}

func stream(action, target, content string) string {
	return fmt.Sprintf(`<turbo-stream action="%s" target="%s"><template>%s</template></turbo-stream>`, action, target, content)
}

// comment posts a comment of somebody and tells it to all sockets.
func (f *forum) comment(author, text string) int {
	f.mu.Lock()
	seq := len(f.events) + 1
	it := item(seq, author, text)
	f.items = append(f.items, it)
	f.mu.Unlock()
	f.tell(stream("append", "timeline", it))
	return seq
}

// tell makes an event with this fragment and sends it to all sockets.
func (f *forum) tell(html string) {
	f.mu.Lock()
	e := event{seq: len(f.events) + 1, html: html}
	f.events = append(f.events, e)
	f.mu.Unlock()
	f.broadcast(e.message())
}

func (e event) message() map[string]any {
	return map[string]any{"type": "event", "thread": 42, "seq": e.seq, "kind": "comment.created", "data": map[string]any{}, "html": e.html}
}

func (f *forum) broadcast(message any) {
	for _, s := range f.open() {
		s.send(message)
	}
}

func (f *forum) open() []*socket {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []*socket
	for s := range f.sockets {
		all = append(all, s)
	}
	return all
}

// cut ends all sockets with a close code; 0 cuts the line without a word.
func (f *forum) cut(code int) {
	for _, s := range f.open() {
		f.mu.Lock()
		delete(f.sockets, s)
		f.mu.Unlock()
		if code != 0 {
			_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
			continue // the browser answers and closes
		}
		_ = s.conn.NetConn().Close()
	}
}

func (f *forum) set(change func(*forum)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

// get reads state of the forum under its lock.
func get[T any](f *forum, read func(*forum) T) T {
	f.mu.Lock()
	defer f.mu.Unlock()
	return read(f)
}

func (f *forum) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /t/{thread}", f.showThread)
	mux.HandleFunc("POST /t/{thread}/comments", f.postComment)
	mux.HandleFunc("POST /t/{thread}/seen", f.markSeen)
	mux.HandleFunc("GET /t/{thread}/themes/new", plainPage("New theme"))
	mux.HandleFunc("GET /home", plainPage("Home"))
	mux.HandleFunc("GET /signin", plainPage("Sign in"))
	mux.HandleFunc("GET /c/{id}/edit", f.editComment)
	mux.HandleFunc("POST /support", f.support)
	mux.HandleFunc("POST /p/7/ballot", takeBallot)
	mux.HandleFunc("GET /mentions", f.mentions)
	mux.HandleFunc("POST /files", f.upload)
	mux.HandleFunc("POST /preview", f.preview)
	mux.HandleFunc("GET /live", f.live)
	mux.HandleFunc("GET /static/{name}", f.serveAsset)
	mux.HandleFunc("GET /page.css", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "testdata/page.css") })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Cache-Control", "private, no-cache")
		mux.ServeHTTP(w, r)
	})
}

func plainPage(title string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><title>%s</title><h1>%s</h1>`, title, title)
	}
}

func (f *forum) serveAsset(w http.ResponseWriter, r *http.Request) {
	a, ok := f.assets.Lookup(r.PathValue("name"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", a.Type)
	if a.Brotli != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "br") {
		w.Header().Set("Content-Encoding", "br")
		a.Body = a.Brotli
	}
	_, _ = w.Write(a.Body)
}

func (f *forum) showThread(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	items := make([]template.HTML, len(f.items))
	for i, it := range f.items {
		items[i] = template.HTML(it)
	}
	handle := ""
	if f.viewer != "" {
		handle = "amina"
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	err := f.pages.Execute(w, map[string]any{
		"Viewer": f.viewer, "Handle": handle, "Title": "Housing", "Style": "/page.css", "Script": f.script, "Topic": f.topic,
		"After": len(f.events), "Can": f.can, "Thread": r.PathValue("thread"), "Recent": time.Now().Add(-2 * time.Hour).UTC().Format(time.RFC3339),
		"AtEnd": f.atEnd, "Keys": f.keys, "Items": items, "Composer": composer(r.PathValue("thread"), r.URL.Query().Get("text"), ""),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "test page:", err)
	}
}

func composer(thread, text, errors string) template.HTML {
	return template.HTML(fmt.Sprintf(`<form id="composer" data-live method="post" action="/t/%s/comments" data-sent="Comment posted">
<input type="hidden" name="once" value="first"><input type="hidden" name="parent_id" value="">%s
<p id="reply-to" hidden>In reply to <bdi></bdi> <button type="button" data-reply-cancel>Not a reply</button></p>
<label for="composer-body">Write a comment</label><div class="composer-tools"></div>
<text-expander keys="@ :"><file-attachment><textarea id="composer-body" name="body" data-draft="t%s" data-mentions-url="/mentions?thread=42" data-upload-url="/files" data-preview-url="/preview">%s</textarea></file-attachment></text-expander>
<p data-draft-state></p><p data-form-message role="alert"></p><button id="send">Post comment</button></form>`, thread, errors, thread, html.EscapeString(text)))
}

func (f *forum) postComment(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	f.mu.Lock()
	f.posts = append(f.posts, r.PostForm)
	answer := f.answer
	f.mu.Unlock()
	if answer != nil {
		answer(w, r)
		return
	}
	text := r.PostForm.Get("body")
	if strings.TrimSpace(text) == "" {
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprint(w, composer("42", text, `<div class="error-summary" tabindex="-1">Write something first.</div>`))
		return
	}
	seq := f.comment("3", text)
	answerStream(w, stream("append", "timeline", item(seq, "3", text)))
}

func answerStream(w http.ResponseWriter, html string) {
	w.Header().Set("Content-Type", "text/vnd.turbo-stream.html; charset=utf-8")
	fmt.Fprint(w, html)
}

func (f *forum) support(w http.ResponseWriter, r *http.Request) {
	on := r.FormValue("on") == "1"
	form := fmt.Sprintf(`<form id="support" data-live method="post" action="/support"><button id="support-button" aria-pressed="%v" name="on" value="%d">Support</button></form>`, on, map[bool]int{true: 0, false: 1}[on])
	answerStream(w, stream("replace", "support", form))
}

func takeBallot(w http.ResponseWriter, r *http.Request) {
	receipt := fmt.Sprintf(`<div id="p-7-ballot"><h3 id="receipt" tabindex="-1" data-focus>You voted %s</h3></div>`, r.FormValue("choice"))
	answerStream(w, stream("replace", "p-7-ballot", receipt))
}

func (f *forum) markSeen(_ http.ResponseWriter, r *http.Request) {
	seq := r.FormValue("seq")
	f.set(func(f *forum) { f.seen = append(f.seen, seq) })
}

func (f *forum) editComment(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	id := r.PathValue("id")
	fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><title>Edit</title><main><h1>Edit</h1><form id="c-%s-body" method="post"><textarea id="edit" autofocus data-draft="c%s-edit">As it was</textarea><p data-draft-state></p><button>Save</button></form></main>`, id, id)
}

func (f *forum) mentions(w http.ResponseWriter, r *http.Request) {
	people := []map[string]string{{"handle": "bram", "name": "Bram <b>", "affiliation": "Coop A"}, {"handle": "brigid", "name": "Brigid"}}
	if r.FormValue("thread") != "42" || !strings.HasPrefix("br", r.FormValue("q")) {
		people = []map[string]string{}
	}
	_ = json.NewEncoder(w).Encode(people)
}

func (f *forum) upload(w http.ResponseWriter, r *http.Request) {
	file, header, err := r.FormFile("file")
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	defer func() { _ = file.Close() }()
	f.set(func(f *forum) { f.uploads = append(f.uploads, header.Filename) })
	kind := "application/pdf"
	if strings.HasSuffix(header.Filename, ".png") {
		kind = "image/png"
	}
	if strings.HasSuffix(header.Filename, ".exe") {
		w.WriteHeader(http.StatusUnsupportedMediaType)
		_ = json.NewEncoder(w).Encode(map[string]string{"detail": "Programs cannot be attached."})
		return
	}
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]string{"url": "/files/9/" + header.Filename, "name": header.Filename, "type": kind})
}

func (f *forum) preview(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "<p>Rendered: <em>%s</em></p>", html.EscapeString(r.FormValue("body")))
}

func (f *forum) live(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	refusing := f.refusing
	f.mu.Unlock()
	if refusing {
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	up := websocket.Upgrader{}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	s := &socket{conn: conn}
	f.set(func(f *forum) { f.sockets[s] = true })
	go f.read(s)
}

// read follows one socket until it ends, and answers its subscriptions.
func (f *forum) read(s *socket) {
	defer func() {
		f.set(func(f *forum) { delete(f.sockets, s) })
		_ = s.conn.Close()
	}()
	for {
		var m map[string]any
		if err := s.conn.ReadJSON(&m); err != nil {
			return
		}
		f.mu.Lock()
		f.heard = append(f.heard, m)
		events := append([]event(nil), f.events...)
		f.mu.Unlock()
		if m["type"] != "subscribe" {
			continue
		}
		after, _ := m["after_seq"].(float64)
		reply := map[string]any{"type": "subscribed", "thread": 42, "last_seq": len(events)}
		if m["poll"] != nil {
			reply["poll"] = m["poll"]
		}
		s.send(reply)
		for _, e := range events[min(int(after), len(events)):] {
			s.send(e.message())
		}
	}
}
