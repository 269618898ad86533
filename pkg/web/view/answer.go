package view

// The pieces below answer the viewer's own form, sent by script, in place of a
// redirect. Unlike live events they may say something about the viewer.

// Voted replaces a poll by the same with the viewer's receipt.
type Voted struct{ Card PollCard }

func (Voted) partial() string { return "answer-voted" }

// Reacted replaces the reactions below a comment; Mine is set on the viewer's.
type Reacted struct{ Comment Comment }

func (Reacted) partial() string { return "answer-reacted" }

// Supported replaces the support and the shortlist button of a theme. Both are
// left out where the viewer has no right to them.
type Supported struct{ Card ThemeCard }

func (Supported) partial() string { return "answer-supported" }
