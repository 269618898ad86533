package poll

import (
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/ledger"
	"plenary/pkg/store"
)

// replay reads the log of a poll from its beginning. A record that is missing, or
// not the one that was written, is an error.
func replay(g *gorm.DB, p Poll) (*ledger.State, error) {
	records, err := records(g, p.ID)
	if err != nil {
		return nil, err
	}
	if bad := ledger.VerifyChain(records); bad >= 0 {
		return nil, fmt.Errorf("record %d in the log of poll %d is not the one that was written", bad+1, p.ID)
	}
	if n := len(records); n == 0 || records[n-1].Head() != p.Head {
		return nil, fmt.Errorf("the log of poll %d has %d records and does not end at its head, number %d", p.ID, n, p.Head.Number)
	}
	voters, err := openingVoters(g, p.ID)
	if err != nil {
		return nil, err
	}
	state, err := ledger.Replay(records, entitledOf(voters))
	if err != nil {
		return nil, fmt.Errorf("read the log of poll %d: %w", p.ID, err)
	}
	return state, nil
}

// records are the log of a poll.
func records(g *gorm.DB, id int64) ([]ledger.Record, error) {
	var rows []struct {
		Number  int64
		Content string
		Hash    []byte
	}
	if err := g.Table("poll_log").Select("number, content, hash").Where("poll_id = ?", id).Order("number").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the log of poll %d: %w", id, err)
	}
	out := make([]ledger.Record, len(rows))
	var prev ledger.Hash
	for i, r := range rows {
		out[i] = ledger.Record{Number: r.Number, Content: []byte(r.Content), Prev: prev, Hash: ledger.HashFrom(r.Hash)}
		prev = out[i].Hash
	}
	return out, nil
}

// openingVoter is somebody who could vote at the opening.
type openingVoter struct {
	Pseudonym string
	Weight    int64
}

// openingVoters are the electorate as the opening record has it.
func openingVoters(g *gorm.DB, id int64) ([]openingVoter, error) {
	var rows []openingVoter
	err := g.Table("poll_voters").Select("pseudonym, weight").Where("poll_id = ? AND record = 1", id).Order("pseudonym").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read the electorate of poll %d: %w", id, err)
	}
	return rows, nil
}

// entitledOf leaves out what is no pseudonym: the electorate's hash then tells
// that somebody is missing.
func entitledOf(voters []openingVoter) []ledger.Entitled {
	out := make([]ledger.Entitled, 0, len(voters))
	for _, v := range voters {
		if voter, err := ledger.ParseHash(v.Pseudonym); err == nil {
			out = append(out, ledger.Entitled{Voter: voter, Weight: v.Weight})
		}
	}
	return out
}

func lotsSecret(g *gorm.DB, id int64) (ledger.Hash, error) {
	var secret []byte
	if err := g.Raw("SELECT lots_secret FROM polls WHERE id = ?", id).Row().Scan(&secret); err != nil {
		return ledger.Hash{}, fmt.Errorf("read the secret of the lots of poll %d: %w", id, err)
	}
	return ledger.HashFrom(secret), nil
}

// recordReopening promises new lots, since the secret of the old ones is told,
// and puts the certificate aside.
func (p *Polls) recordReopening(tx *store.Tx, ended *Poll, until, now time.Time) error {
	if !ended.Logged() {
		return nil
	}
	earlier, err := certificates(tx.DB, ended.ID)
	if err != nil {
		return err
	}
	kept, err := json.Marshal(earlier.all())
	if err != nil {
		return fmt.Errorf("keep the certificates of poll %d: %w", ended.ID, err)
	}
	err = tx.Table("polls").Where("id = ?", ended.ID).Updates(map[string]any{
		"seed": "", "certificate": "", "signature": nil, "certificates": string(kept)}).Error
	if err != nil {
		return fmt.Errorf("reopen poll %d: %w", ended.ID, err)
	}
	lots, err := p.promiseLots(tx, *ended)
	if err != nil {
		return err
	}
	return p.record(tx, ended, &ledger.Reopened{Stamp: stamp(now), ClosesAt: micros(&until), Lots: lots})
}

// Certificates are what the site has signed of a poll.
type Certificates struct {
	Now     *ledger.Certificate  // of the close that stands; nil while the poll is open
	Earlier []ledger.Certificate // of closes before it was opened again, the first one first
}

func (c Certificates) all() []ledger.Certificate {
	if c.Now == nil {
		return c.Earlier
	}
	return append(c.Earlier, *c.Now)
}

func certificates(g *gorm.DB, id int64) (Certificates, error) {
	var rows []struct {
		Certificate  string
		Signature    []byte
		Certificates string
	}
	if err := g.Table("polls").Select("certificate, signature, certificates").Where("id = ?", id).Find(&rows).Error; err != nil {
		return Certificates{}, fmt.Errorf("read the certificate of poll %d: %w", id, err)
	}
	var out Certificates
	for _, r := range rows {
		if r.Certificate != "" {
			out.Now = &ledger.Certificate{Content: r.Certificate}
			copy(out.Now.Signature[:], r.Signature)
		}
		if r.Certificates == "" {
			continue
		}
		if err := json.Unmarshal([]byte(r.Certificates), &out.Earlier); err != nil {
			return out, fmt.Errorf("read the earlier certificates of poll %d: %w", id, err)
		}
	}
	return out, nil
}
