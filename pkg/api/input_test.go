package api

import (
	"encoding/json"
	"testing"

	"plenary/pkg/errs"
	"plenary/pkg/poll"
	"plenary/pkg/tally"
)

func TestPercentagesAreTakenByTheirDigits(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`50`: "0.5", `"50"`: "0.5", `33.5`: "0.335", `"100/3"`: "1/3", `0`: "0", `100`: "1", `null`: "",
		`true`: "wrong", `-1`: "wrong", `1e2`: "wrong", `"half"`: "wrong", `0.0000000000001`: "wrong", `{}`: "wrong", `"1/0"`: "wrong",
	} {
		var n fraction
		if err := json.Unmarshal([]byte(text), &n); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var f errs.Fields
		got := n.percent(&f, "quorum_percent").String()
		if f != nil {
			got = "wrong"
		}
		if got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
}

func TestABallotNamesOptionsByIDOrKey(t *testing.T) {
	t.Parallel()
	p := poll.Poll{Options: []poll.Option{{ID: 7, Key: "agree"}, {ID: 8, Key: "block"}}}
	for text, want := range map[string]int64{`7`: 7, `"block"`: 8, `9`: 9, `"Agree"`: 0, `""`: 0, `0`: 0, `7.0`: 0, `null`: 0, `[7]`: 0} {
		var one choice
		if err := json.Unmarshal([]byte(text), &one); text != "null" && err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		ids, err := idsOf([]choice{one}, p)
		if (want == 0) != errs.Is(err, errs.Invalid) || want != 0 && ids[0] != want {
			t.Errorf("%s names %v, %v; want %d", text, ids, err, want)
		}
	}
}

func FuzzPollBody(f *testing.F) {
	f.Add(`{"title":"x","closes_at":"2027-01-01T00:00:00Z","options":["a",{"label":"b","theme_id":1}],"quorum_percent":"1/3","threshold":0.5}`)
	f.Add(`{"closes_at":7,"options":[null,[],1e9],"quorum_percent":99999999999999999999,"threshold":"1/9223372036854775807"}`)
	f.Fuzz(func(t *testing.T, body string) {
		var in newPoll
		if json.Unmarshal([]byte(body), &in) != nil {
			return
		}
		out, err := in.poll()
		if err != nil && !errs.Is(err, errs.Invalid) {
			t.Errorf("%v", err)
		}
		for _, part := range []tally.Fraction{out.Rules.Quorum, out.Rules.Threshold} {
			if part.Num < 0 || part.Den < 0 {
				t.Errorf("%s became %v", body, part)
			}
		}
	})
}

func FuzzBallotBody(f *testing.F) {
	f.Add(`{"choices":[1,"agree"],"reason":"x"}`)
	f.Add(`{"choices":[null,-1,1.5,"",[],{}]}`)
	f.Add(`{"choices":[[1],[2,3]],"reasons":{"1":"x","y":""},"commitment":"00","change":{"code":"","key":"zz"}}`)
	f.Add(`{"choices":{"1":5,"2":1e9}}`)
	f.Fuzz(func(t *testing.T, body string) {
		var in newBallot
		if json.Unmarshal([]byte(body), &in) != nil {
			return
		}
		for _, method := range []tally.Method{tally.Choice, tally.InstantRunoff, tally.Score} {
			p := poll.Poll{Method: method, Options: []poll.Option{{ID: 1, NewOption: poll.NewOption{Label: "A"}}}}
			if out, err := in.ballot(p); err != nil && !errs.Is(err, errs.Invalid) {
				t.Errorf("%s as %s became %v, %v", body, method, out, err)
			}
		}
	})
}
