package notify

import (
	"time"

	"plenary/pkg/i18n"
	"plenary/pkg/mail"
)

// sayTime tells an instant with the name of the zone, so that nobody has to guess
// whose clock is meant.
func sayTime(words *i18n.Localizer, arg string) (string, error) {
	at, zone, err := mail.ParseTime(arg)
	if err != nil {
		return "", err
	}
	return words.T("mail.frame.time", i18n.Args{"When": words.Date(at, zone, i18n.Long), "Zone": zone.String()}), nil
}

func saySentence(words *i18n.Localizer, arg string) (string, error) {
	s, err := mail.ParseSentence(arg)
	if err != nil {
		return "", err
	}
	args := i18n.Args{}
	for name, w := range s.Texts {
		args[name] = sayWord(words, w)
	}
	if len(s.List) > 0 {
		list := make([]string, len(s.List))
		for i, w := range s.List {
			list[i], _ = sayWord(words, w).(string)
		}
		args["Options"] = words.List(list)
	}
	if s.Count != nil {
		args["Count"] = *s.Count
		return words.N(s.Code, *s.Count, args), nil
	}
	return words.T(s.Code, args), nil
}

// sayWord is a text or, where the message is to write it, a number.
func sayWord(words *i18n.Localizer, w mail.Word) any {
	switch {
	case w.Key != "" && words.Has(w.Key):
		return words.T(w.Key)
	case w.Number != nil:
		return *w.Number
	case !w.At.IsZero() && w.Zone != "":
		if zone, err := time.LoadLocation(w.Zone); err == nil {
			return words.T("mail.frame.time", i18n.Args{"When": words.Date(w.At, zone, i18n.Long), "Zone": zone.String()})
		}
		return words.Date(w.At, nil, i18n.Exact)
	case !w.At.IsZero():
		return words.Date(w.At, nil, i18n.Exact)
	}
	return w.Text
}
