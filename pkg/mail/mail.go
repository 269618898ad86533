// Package mail knows what a mail is and how it leaves: letters by kind, which
// others put into words, and messages, which a mail server takes.
//
// It must never know who is told of what, nor keep anything.
package mail

// Address is where a mail goes. Email has been checked before; Name may be empty.
type Address struct {
	Name  string
	Email string
}

// Letter is something to be told by mail, before it is put into words.
type Letter struct {
	Kind     string // names the template and the messages, such as "sign_in"
	To       Address
	Person   int64  // whose account the address belongs to; 0 where nobody's
	Language string // BCP 47 tag the reader prefers; empty for the forum's

	// Args are what the words need. What ends in "Path" is an address below the
	// forum's own, and becomes a whole one when the letter is written; what ends in
	// "Time" and "Sentence" is made by TimeArg and Sentence.Arg, and is told as the
	// reader would say it. They may hold secrets, and are forgotten once the letter
	// is on its way.
	//
	// RecordNumber, RecordHash and RecordPath are the head of a record that the
	// letter is about, and where it is checked; UnsubscribePath is where the reader
	// ends letters like this one. Both stand in the foot of the letter.
	Args map[string]string
}
