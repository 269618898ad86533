package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/api"
	"plenary/pkg/beacon"
	"plenary/pkg/beacon/relay"
	"plenary/pkg/config"
	"plenary/pkg/edge"
	"plenary/pkg/event"
	"plenary/pkg/i18n"
	"plenary/pkg/live"
	"plenary/pkg/oidc"
	"plenary/pkg/system"
	"plenary/pkg/web"
	"plenary/pkg/web/view"
	"plenary/static"
	"plenary/templates"
)

// Server is the forum with its doors open: pages, API and live sockets.
type Server struct {
	*Rooms
	cfg      config.Server
	edge     *edge.Edge
	hub      *live.Hub
	bus      live.Bus
	http     *http.Server
	listener net.Listener // nil until Run has taken the address
	metrics  *http.Server // nil where no address for it is set
	draining atomic.Bool
}

// NewServer puts the doors on. Run opens them.
func NewServer(r *Rooms, cfg config.Server, version string) (*Server, error) {
	s := &Server{Rooms: r, cfg: cfg}
	base, err := cfg.Base()
	if err != nil {
		return nil, err
	}
	r.People.Reached(base)
	if err := r.openMail(cfg, base); err != nil {
		return nil, err
	}
	words := r.Words
	assets, err := static.Open()
	if err != nil {
		return nil, fmt.Errorf("read the assets: %w", err)
	}
	pages, err := view.New(viewOptions(cfg, words, assets))
	if err != nil {
		return nil, fmt.Errorf("read the templates: %w", err)
	}
	if cfg.OIDCAllowPrivate {
		r.People.UseProviders(oidc.New(oidc.Config{AllowPrivate: true, Now: r.Now}))
	}
	r.Polls.Runs(version)
	if len(cfg.Beacon) > 0 {
		source, err := relay.New(beacon.Quicknet(), cfg.Beacon)
		if err != nil {
			return nil, fmt.Errorf("--beacon: %w", err)
		}
		r.Polls.DrawsWith(source)
	}
	machine := system.New(r.DB, r.Jobs, r.Blobs, version, brokerName(cfg.BrokerURL))
	site, err := web.New(web.Config{
		View: pages, Words: words, People: r.People, Groups: r.Groups, Forum: r.Forum, Polls: r.Polls, Templates: r.Templates, Themes: r.Themes, Programmes: r.Programmes,
		Timeline: r.Timeline, Blobs: r.Blobs, MyData: r.MyData, Mail: r.Notify, System: machine, Version: version, Now: r.Now, Random: rand.Reader, Ready: s.ready,
		Demo: func(ctx context.Context, who access.Actor) error { return s.fillDemo(ctx, who.Person) },
	})
	if err != nil {
		return nil, err
	}
	m := newMetrics()
	if s.edge, err = edge.New(edge.Config{BaseURL: base, Proxies: cfg.Proxies, DB: r.DB, People: r.People, Words: words, Assets: assets,
		Log: r.Log, Now: r.Now, ErrorPage: site.ErrorPage, Observe: m.observe}); err != nil {
		return nil, err
	}
	if s.bus, err = openBus(cfg.BrokerURL, r.Log); err != nil {
		return nil, fmt.Errorf("--broker-url: %w", err)
	}
	hub := r.hubConfig(cfg, s.bus, s.edge.Origin(), tags(words))
	hub.Render = site.RenderEvents
	if s.hub, err = live.NewHub(hub); err != nil {
		return nil, errors.Join(err, s.bus.Close())
	}
	m.watch(s.hub, r.Jobs)
	r.DB.OnCommit(s.hub.Wake)
	r.People.OnRightsChanged(func(e event.Signal) { s.hub.AccessChanged(e) })
	r.Groups.OnRightsChanged(func(e event.Signal) { s.hub.AccessChanged(e) })
	r.Forum.OnRightsChanged(func(e event.Signal) { s.hub.AccessChanged(e) })
	site.Routes(s.edge, s.hub)
	api.New(api.Config{Edge: s.edge, Programmes: r.Programmes, People: r.People, Groups: r.Groups, Forum: r.Forum, Polls: r.Polls, Templates: r.Templates, Themes: r.Themes,
		Timeline: r.Timeline, Files: r.Blobs, MyData: r.MyData, Mail: r.Notify, System: machine, Now: r.Now}).Routes()
	s.http = &http.Server{Addr: cfg.Addr, Handler: s.lastAnswers(s.edge.Echo), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
	if cfg.MetricsAddr != "" {
		figures := http.NewServeMux()
		figures.Handle("GET /metrics", m)
		s.metrics = &http.Server{Addr: cfg.MetricsAddr, Handler: figures, ReadHeaderTimeout: 10 * time.Second}
	}
	return s, nil
}

func viewOptions(cfg config.Server, words *i18n.Bundle, assets *static.Set) view.Options {
	o := view.Options{Files: templates.Files, Bundle: words, Asset: assets.URL, Dev: cfg.Dev}
	if cfg.Dev {
		o.Files = os.DirFS("templates")
	}
	return o
}

func tags(words *i18n.Bundle) []string {
	var out []string
	for _, l := range words.Languages() {
		out = append(out, l.Tag)
	}
	return out
}

// Handler answers requests, for tests that bring a listener of their own. Start
// the work with Begin.
func (s *Server) Handler() http.Handler { return s.http.Handler }

// Begin starts the background work. End stops it.
func (s *Server) Begin(ctx context.Context) error {
	if _, err := s.Polls.OpenDue(ctx); err != nil {
		return fmt.Errorf("open the polls whose time has come: %w", err)
	}
	if _, err := s.Polls.CloseDue(ctx); err != nil {
		return fmt.Errorf("close the polls whose time has come: %w", err)
	}
	return s.Jobs.Start(ctx)
}

// Run serves until ctx ends, and then says goodbye; see End. ready is told the
// address once requests are taken.
func (s *Server) Run(ctx context.Context, ready func(address string)) error {
	failed := make(chan error, 2)
	if err := s.open(ctx, failed); err != nil {
		return errors.Join(err, s.End(ctx))
	}
	ready(s.edge.Origin())
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), max(s.cfg.Drain, 0)+5*time.Second)
	defer cancel()
	return errors.Join(err, s.End(last))
}

// open takes the addresses, starts the work and opens the doors. How a door
// fell shut again is sent to failed.
func (s *Server) open(ctx context.Context, failed chan<- error) (err error) {
	if s.listener, err = listen(ctx, "--addr", s.cfg.Addr); err != nil {
		return err
	}
	if s.metrics != nil {
		figures, err := listen(ctx, "--metrics-addr", s.cfg.MetricsAddr)
		if err != nil {
			return err
		}
		go func() { failed <- s.metrics.Serve(figures) }()
	}
	if err := s.Begin(ctx); err != nil {
		return err
	}
	go func() { failed <- s.http.Serve(s.listener) }()
	s.Log.Info("serving", "address", s.edge.Origin(), "listen", s.listener.Addr().String(), "database", s.DB.Engine())
	return nil
}

func listen(ctx context.Context, setting, addr string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w; choose another with %s", addr, err, setting)
	}
	return l, nil
}

// End closes everything in the reverse order of its opening: no new connections,
// live pages sent away with a little spread, running requests finished, jobs
// stopped, and the database closed last.
func (s *Server) End(ctx context.Context) error {
	s.draining.Store(true)
	hub := make(chan error, 1)
	go func() { hub <- s.hub.Close(ctx) }()
	err := errors.Join(s.shut(ctx), <-hub)
	if s.metrics != nil {
		err = errors.Join(err, s.metrics.Shutdown(ctx))
	}
	return errors.Join(err, s.Jobs.Stop(ctx), s.bus.Close(), s.Close())
}

// settle is for how long connections that are open are still answered, each for
// the last time. To close them at once would cut off requests that are on their
// way, with nobody knowing whether they were carried out.
const settle = time.Second

// shut takes no more connections and ends those that are open.
func (s *Server) shut(ctx context.Context) error {
	if s.listener == nil {
		return nil
	}
	closed := s.listener.Close()
	wait := time.NewTimer(min(settle, max(s.cfg.Drain, 0)))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
	}
	err := s.http.Shutdown(ctx)
	if errors.Is(err, net.ErrClosed) { // the listener, which it closes too
		err = nil
	}
	return errors.Join(closed, err)
}

// lastAnswers has connections end with the answer while the forum is stopping.
func (s *Server) lastAnswers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// ready answers whether requests are welcome: the database takes writes and the
// program is not about to stop.
func (s *Server) ready(ctx context.Context) error {
	if s.draining.Load() {
		return errors.New("stopping")
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return s.DB.Ping(ctx)
}

// PrintSetUp prints the one-time link that opens the first-run page, while the
// forum has no administrator.
func (s *Server) PrintSetUp(ctx context.Context, out io.Writer) {
	token, needed, err := s.People.SetUpToken(ctx)
	switch {
	case err != nil:
		s.Log.Error("make the set-up link", "error", err)
	case needed:
		fmt.Fprintf(out, "Set it up here, once: %s/setup/%s\n", s.edge.Origin(), token)
	}
}
