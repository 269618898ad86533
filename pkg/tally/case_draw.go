package tally

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
)

// drawSettings are the options of a ballot file for draw.
type drawSettings struct {
	Algorithm string `json:"algorithm"`
	Seed      string `json:"seed"`
}

// drawExpected is a draw as ballot files state it.
type drawExpected struct {
	Order     []int  `json:"order"`
	FirstHash string `json:"first_hash"`
	Winners   []int  `json:"winners"`
}

func countDrawCase(c caseFile) (any, error) {
	var in drawSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	if err := oneOf("algorithm", in.Algorithm, "sha256-counter, fisher-yates descending"); err != nil {
		return nil, err
	}
	if _, err := c.ballots(caseNone); err != nil {
		return nil, err
	}
	contest := c.contest(Rules{Method: Sortition}, nil)
	lottery := NewLottery(in.Seed, contest.Options)
	contest.Lots = lottery
	r, err := contest.Count(slices.Values([]Ballot(nil)))
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	first := sha256.Sum256([]byte(in.Seed + ",0"))
	return drawExpected{lottery.Order, hex.EncodeToString(first[:]), r.Winners}, nil
}

// sortitionSettings are the options of a ballot file for sortition.
type sortitionSettings struct {
	Algorithm string `json:"algorithm"`
	Key       string `json:"key"`
}

// sortitionExpected is a draw by RFC 3797 as ballot files state it.
type sortitionExpected struct {
	Selected []int    `json:"selected"`
	Digests  []string `json:"digests"`
}

func countSortitionCase(c caseFile) (any, error) {
	var in sortitionSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	if err := oneOf("algorithm", in.Algorithm, "rfc3797-md5"); err != nil {
		return nil, err
	}
	if _, err := c.ballots(caseNone); err != nil {
		return nil, err
	}
	if len(c.Withdrawn) > 0 {
		return nil, fmt.Errorf("withdrawn: a pool is published without those who have left it")
	}
	if most := min(len(c.Candidates), math.MaxUint16); c.Seats < 0 || c.Seats > most {
		return nil, fmt.Errorf("seats: %d is not between 0 and %d", c.Seats, most)
	}
	return drawRFC3797(in.Key, len(c.Candidates), c.Seats), nil
}

// drawRFC3797 draws seats of the options as RFC 3797 does: number k is the MD5 of
// the key between two copies of k, counted from 0 in two bytes, modulo the number
// of options that are left; the option at that place is drawn and removed.
func drawRFC3797(key string, options, seats int) sortitionExpected {
	pool := make([]int, options)
	for i := range pool {
		pool[i] = i
	}
	out := sortitionExpected{Selected: []int{}, Digests: []string{}}
	for k := range seats {
		counter := string(binary.BigEndian.AppendUint16(nil, uint16(k)))
		digest := md5.Sum([]byte(counter + key + counter))
		out.Digests = append(out.Digests, strings.ToUpper(hex.EncodeToString(digest[:])))
		number := new(big.Int).SetBytes(digest[:])
		at := int(number.Mod(number, big.NewInt(int64(len(pool)))).Int64())
		out.Selected = append(out.Selected, pool[at])
		pool = slices.Delete(pool, at, at+1)
	}
	return out
}
