// Package likeness says how much two short texts are about the same: by the
// letters that their words share, so that spelling, endings and accents matter
// little and no list of words of any language is needed to begin with.
//
// It compares what is written and nothing else: two texts that say the same in
// other words are not found. Everything here is pure and gives the same answer
// for the same texts, in whichever order they are told.
//
// # How it counts
//
// A text becomes lower-case words without accents; words that every sentence has
// are left out. A word gives its trigrams: the runs of three characters in it,
// with its beginning and its end marked. A text is the vector of its trigrams,
// those of its title twice as heavy as those of its body, and two texts are as
// alike as the cosine of the angle between them: 0 where they share nothing, 1
// where they are the same. In an Index a trigram weighs the less the more texts
// have it, and texts with nearly the same title are alike whatever else they say.
package likeness

// Bounds and measures.
const (
	// MaxBody is how many bytes of a body are looked at: the beginning says what
	// a text is about.
	MaxBody = 1200

	// Similar is from where on two texts are worth showing beside each other.
	Similar = 0.3

	// titleWeight is how much more a trigram of a title says than one of a body.
	titleWeight = 2
)
