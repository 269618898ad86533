package api

import (
	"maps"

	"plenary/pkg/errs"
	"plenary/pkg/i18n"
	"plenary/pkg/poll/figures"
)

// sayer puts the sentences of a count into words. The answers of a proposal are
// keys, which have words of their own.
type sayer struct {
	words *i18n.Localizer
	keyed bool
}

func (s sayer) all(sentences []figures.Sentence) []string {
	out := make([]string, len(sentences))
	for i, one := range sentences {
		out[i] = s.one(one)
	}
	return out
}

func (s sayer) one(sentence figures.Sentence) string {
	args := errs.Args{}
	maps.Copy(args, sentence.Args)
	if len(sentence.Labels) > 0 {
		args["Options"] = s.words.List(s.labels(sentence.Labels))
	}
	if n, counts := args["Count"].(int64); counts {
		return s.words.N(sentence.Code, n, args)
	}
	return s.words.T(sentence.Code, args)
}

func (s sayer) labels(labels []string) []string {
	if !s.keyed {
		return labels
	}
	out := make([]string, len(labels))
	for i, key := range labels {
		out[i] = s.words.T("tally.option." + key)
	}
	return out
}
