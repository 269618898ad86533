package transcript

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// dateLayout is how the page writes dates.
const dateLayout = "Mon 2 Jan 2006 3:04PM"

// datePattern is the shape of a date, right or wrong.
const datePattern = `(?:[A-Z][a-z]{2}) [0-9]{1,2} (?:[A-Z][a-z]{2}) [0-9]{4} [0-9]{1,2}:[0-9]{2} ?(?:[AaPp][Mm])?`

var dateShape = regexp.MustCompile(`^` + datePattern + `$`)

var months = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

// parseDate reads "Mon 18 Feb 2019 5:45PM" (or 17:45) as a time in zone. The
// error has no line.
func parseDate(text string, zone *time.Location) (time.Time, *Error) {
	if !dateShape.MatchString(text) {
		return time.Time{}, problem(0, "%q is not a date, expected one like %q", short(text), "Mon 18 Feb 2019 5:45PM")
	}
	words := strings.Fields(text)
	day, _ := strconv.Atoi(words[1]) // digits, by their shape
	month := time.Month(slices.Index(months[:], words[2]) + 1)
	year, _ := strconv.Atoi(words[3])
	if month == 0 {
		return time.Time{}, problem(0, "there is no month %q, expected one of %s", words[2], strings.Join(months[:], ", "))
	}
	hour, minute, ok := parseClock(strings.Join(words[4:], ""))
	if !ok {
		return time.Time{}, problem(0, "%q is not a time of day, expected one like %q", strings.Join(words[4:], " "), "5:45PM")
	}
	date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if date.Day() != day || date.Month() != month {
		return time.Time{}, problem(0, "%s %d has no day %d, expected a date that exists", words[2], year, day)
	}
	if weekday := date.Format("Mon"); weekday != words[0] {
		return time.Time{}, problem(0, "%d %s %d is not a %q, expected %q", day, words[2], year, words[0], weekday)
	}
	return time.Date(year, month, day, hour, minute, 0, 0, zone), nil
}

// parseClock reads "5:45PM" and "17:45".
func parseClock(text string) (hour, minute int, ok bool) {
	layout := "15:04"
	if strings.HasSuffix(strings.ToUpper(text), "M") {
		layout = "3:04PM"
	}
	t, err := time.Parse(layout, strings.ToUpper(text))
	return t.Hour(), t.Minute(), err == nil
}

// announcesDate reports of words that they lead up to a date in a sentence, and
// so end nobody's name: "See you on Wed 20 Feb 2019 1:18PM".
func announcesDate(word string) bool {
	switch strings.ToLower(word) {
	case "on", "at", "by", "until", "till", "from", "since", "to", "for", "of", "is", "was", "and", "or", "before", "after", "the":
		return true
	}
	return false
}
