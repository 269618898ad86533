package app

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"plenary/pkg/jobs"
	"plenary/pkg/live"
)

// metrics are the figures for Prometheus, in a registry of their own.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	http.Handler
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "plenary_request_seconds", Help: "Time to answer a request, by route.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
	}, []string{"method", "route", "status"})}
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.Handler = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return m
}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	// Unknown addresses and methods must not make series of their own.
	if route == "" {
		route = "none"
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// watch adds what the hub and the job queue say of themselves when asked.
func (m *metrics) watch(hub *live.Hub, queue *jobs.Jobs) {
	gauge := func(name, help string, value func() float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	gauge("plenary_live_sockets", "Live sockets open in this process.", func() float64 { return float64(hub.Stats().Sockets) })
	gauge("plenary_live_topics", "Timelines watched in this process.", func() float64 { return float64(hub.Stats().Topics) })
	gauge("plenary_live_replays", "Reads of timelines for sockets that had missed something.", func() float64 { return float64(hub.Stats().Replays) })
	gauge("plenary_live_repairs", "Events that no wake-up told of, found by looking at the heads; more than a few mean that the broker loses messages.", func() float64 { return float64(hub.Stats().Repairs) })
	gauge("plenary_live_resyncs", "Pages asked to load again because they were too far behind.", func() float64 { return float64(hub.Stats().Resyncs) })
	gauge("plenary_live_slow", "Sockets cut because they did not read.", func() float64 { return float64(hub.Stats().Slow) })
	gauge("plenary_live_bus_errors", "Messages that the broker did not take.", func() float64 { return float64(hub.Stats().BusErrors) })
	gauge("plenary_jobs_waiting", "Jobs due and not yet run; -1 where unknown.", func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		s, err := queue.Stats(ctx)
		if err != nil {
			return -1
		}
		return float64(s.Waiting)
	})
}
