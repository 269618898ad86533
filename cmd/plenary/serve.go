package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"plenary/pkg/app"
	"plenary/pkg/config"
)

type serveCommand struct {
	config.Database
	config.Server
}

// Run serves until the program is told to stop.
func (c *serveCommand) Run(t *tools) error {
	if _, err := c.Base(); err != nil {
		return fmt.Errorf("%w: %w", err, errUsage)
	}
	log := slog.New(slog.NewTextHandler(t.stderr, nil))
	if c.LogFormat == "json" {
		log = slog.New(slog.NewJSONHandler(t.stderr, nil))
	}
	rooms, err := app.Open(t.ctx, c.Database, log, app.Options{})
	if err != nil {
		return err
	}
	server, err := app.NewServer(rooms, c.Server, version)
	if err != nil {
		rooms.Close()
		return err
	}
	return server.Run(t.ctx, func(address string) {
		fmt.Fprintln(t.out, "Plenary is ready at", address)
		server.PrintSetUp(t.ctx, t.out)
	})
}

type demoCommand struct {
	config.Database
}

// Run fills an empty forum.
func (c *demoCommand) Run(t *tools) error {
	return t.with(c.Database, func(r *app.Rooms) error {
		guide, err := app.FillDemo(t.ctx, r)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, guide)
		return err
	})
}

type healthCommand struct {
	URL string `help:"Address of the forum." default:"http://127.0.0.1:8080" env:"PLENARY_HEALTH_URL"`
}

// Run asks the forum, and fails where it does not answer well.
func (c *healthCommand) Run(t *tools) error {
	ctx, cancel := context.WithTimeout(t.ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"/healthz", nil)
	if err != nil {
		return fmt.Errorf("--url: %w: %w", err, errUsage)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the forum answers %s", resp.Status)
	}
	return nil
}
