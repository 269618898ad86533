package view

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"plenary/pkg/errs"
)

// Input is a form field as the "field" template shows it.
type Input struct {
	ID, Name, Value string
	Label           string // message key
	Hint            string // message key; empty for none
	Err             errs.Text
	Type            string // of the input; "textarea" for several lines
	Autocomplete    string
	Rows            int
	Max             int // characters
	Required        bool
	Draft           string // key under which the browser keeps what is typed
	Class           string
	Placeholder     string // message key
	Writing         bool   // a text with mentions, files and preview
	Thread          int64  // for mentions
	Min             string // of numbers and dates
}

// DescribedBy lists the ids of hint and error.
func (i Input) DescribedBy() string {
	out := ""
	if i.Hint != "" {
		out = i.ID + "-hint"
	}
	if i.Err.Code != "" {
		if out != "" {
			out += " "
		}
		out += i.ID + "-error"
	}
	return out
}

// input makes a field out of the form's state and pairs of settings. The id is
// the name, after the setting "prefix" where a page holds several forms.
func input(form Form, name, label string, pairs ...any) (Input, error) {
	set, err := values(pairs...)
	if err != nil {
		return Input{}, fmt.Errorf("field %s: %w", name, err)
	}
	in := Input{ID: name, Name: name, Label: label, Type: "text", Value: form.Value(name), Err: form.Fields[name]}
	for key, value := range set {
		if err := in.set(key, value); err != nil {
			return Input{}, fmt.Errorf("field %s: %w", name, err)
		}
	}
	return in, nil
}

func (i *Input) set(key string, value any) error {
	texts := map[string]*string{"hint": &i.Hint, "type": &i.Type, "autocomplete": &i.Autocomplete,
		"draft": &i.Draft, "class": &i.Class, "placeholder": &i.Placeholder, "min": &i.Min}
	switch v := value.(type) {
	case string:
		if key == "prefix" {
			i.ID = v + "-" + i.Name
			return nil
		}
		if to, ok := texts[key]; ok {
			*to = v
			return nil
		}
	case int:
		switch key {
		case "rows":
			i.Rows = v
			return nil
		case "max":
			i.Max = v
			return nil
		}
	case int64:
		if key == "thread" {
			i.Thread = v
			return nil
		}
	case bool:
		switch key {
		case "required":
			i.Required = v
			return nil
		case "writing":
			i.Writing = v
			return nil
		}
	}
	return fmt.Errorf("unknown setting %q (%T)", key, value)
}

// Problems is what the summary above a rejected form lists.
type Problems struct {
	Err    errs.Text
	Fields []Problem
}

// Problem is a complaint about one field.
type Problem struct {
	ID    string // of the field in the page
	Label string // message key of the field's label; empty where not known
	Text  errs.Text
}

// Any reports whether there is something to say.
func (p Problems) Any() bool { return p.Err.Code != "" || len(p.Fields) > 0 }

// problems lists the form's complaints in the order of the page, given as
// "name:label.key"; fields not named come last. Prefix goes before the ids, as in
// input.
func problems(form Form, prefix string, order ...string) Problems {
	out := Problems{Err: form.Err}
	id := func(name string) string {
		if prefix == "" {
			return name
		}
		return prefix + "-" + name
	}
	named := map[string]bool{}
	for _, entry := range order {
		name, label, _ := strings.Cut(entry, ":")
		named[name] = true
		if text, ok := form.Fields[name]; ok {
			out.Fields = append(out.Fields, Problem{ID: id(name), Label: label, Text: text})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(form.Fields)) {
		if !named[name] {
			out.Fields = append(out.Fields, Problem{ID: id(name), Text: form.Fields[name]})
		}
	}
	return out
}
