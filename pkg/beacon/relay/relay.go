// Package relay fetches rounds of a beacon from relays of drand over HTTP. It
// believes them nothing: whoever asks checks the round.
package relay

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"plenary/pkg/beacon"
)

// Bounds of what a relay is given: time for one answer, and its bytes.
const (
	patience  = 5 * time.Second
	mostBytes = 4 << 10
)

// Relays are where rounds of a chain are asked for, one after the other.
type Relays struct {
	chain  beacon.Chain
	bases  []*url.URL
	client *http.Client
}

// New checks the addresses, such as https://api.drand.sh. Nothing is asked yet.
func New(chain beacon.Chain, bases []string) (*Relays, error) {
	r := &Relays{chain: chain, client: &http.Client{Timeout: patience, CheckRedirect: stay}}
	for _, base := range bases {
		u, err := url.Parse(base)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return nil, fmt.Errorf("%q: want the address of a relay, such as https://api.drand.sh", base)
		}
		r.bases = append(r.bases, u)
	}
	if len(r.bases) == 0 {
		return nil, errors.New("no relay is given")
	}
	return r, nil
}

// stay follows nobody elsewhere: the operator has chosen whom the forum asks.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Chain is the one whose rounds are asked for.
func (r *Relays) Chain() beacon.Chain { return r.chain }

// Round asks one relay after the other until one gives something that holds. The
// error is that of all of them.
func (r *Relays) Round(ctx context.Context, number int64) (beacon.Round, error) {
	var failed []error
	for _, base := range r.bases {
		round, err := r.ask(ctx, base, number)
		if err == nil && !r.chain.Holds(round) {
			err = errors.New("the answer is not signed by the beacon")
		}
		if err == nil {
			return round, nil
		}
		failed = append(failed, fmt.Errorf("ask %s for round %d: %w", base.Host, number, err))
	}
	return beacon.Round{}, errors.Join(failed...)
}

func (r *Relays) ask(ctx context.Context, base *url.URL, number int64) (beacon.Round, error) {
	at := base.JoinPath(r.chain.Hash, "public", strconv.FormatInt(number, 10))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return beacon.Round{}, err
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return beacon.Round{}, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return beacon.Round{}, fmt.Errorf("it answers %s", resp.Status)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostBytes))
	if err != nil {
		return beacon.Round{}, err
	}
	var said struct {
		Round     int64  `json:"round"`
		Signature string `json:"signature"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return beacon.Round{}, fmt.Errorf("read the answer: %w", err)
	}
	signature, err := hex.DecodeString(said.Signature)
	switch {
	case err != nil:
		return beacon.Round{}, fmt.Errorf("read the signature: %w", err)
	case said.Round != number:
		return beacon.Round{}, fmt.Errorf("it gives round %d", said.Round)
	}
	return beacon.Round{Number: number, Signature: signature}, nil
}
