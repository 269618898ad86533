package calendar

// Clean is what becomes of a text before it is written.
var Clean = clean
