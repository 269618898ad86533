package tally

// scoreSettings are the options of a ballot file for score.
type scoreSettings struct {
	Min       int       `json:"min"`
	Max       int       `json:"max"`
	Aggregate string    `json:"aggregate"`
	Blank     string    `json:"blank"`
	Lots      lotScript `json:"lots"`
}

func countScoreCase(c caseFile) (any, error) {
	var in scoreSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	mean := in.Aggregate == "mean"
	blank := "zero"
	if mean {
		blank = "ignore"
	}
	if err := oneOf("aggregate", in.Aggregate, "sum", "mean"); err != nil {
		return nil, err
	}
	if err := oneOf("blank", in.Blank, blank); err != nil {
		return nil, err
	}
	return c.countPoints(Rules{Method: Score, MinScore: in.Min, MaxScore: in.Max, Mean: mean, Blank: true}, in.Lots, caseScore)
}

// dotSettings are the options of a ballot file for dot_vote.
type dotSettings struct {
	Dots   int       `json:"dots"`
	UseAll bool      `json:"must_use_all"`
	Lots   lotScript `json:"lots"`
}

func countDotsCase(c caseFile) (any, error) {
	var in dotSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	return c.countPoints(Rules{Method: DotVote, Dots: in.Dots, UseAll: in.UseAll, Blank: true}, in.Lots, caseScore)
}

// quadraticSettings are the options of a ballot file for quadratic.
type quadraticSettings struct {
	Credits  int       `json:"credits"`
	Cost     string    `json:"cost"`
	Negative bool      `json:"negative_votes"`
	Lots     lotScript `json:"lots"`
}

func countQuadraticCase(c caseFile) (any, error) {
	var in quadraticSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	if err := oneOf("cost", in.Cost, "votes squared"); err != nil {
		return nil, err
	}
	return c.countPoints(Rules{Method: Quadratic, Credits: in.Credits, Negative: in.Negative, Blank: true}, in.Lots, caseScore)
}

// bordaSettings are the options of a ballot file for borda.
type bordaSettings struct {
	LastPoint  int       `json:"last_place_points"`
	Unranked   Unranked  `json:"unranked"`
	EqualRanks string    `json:"equal_ranks"`
	Top        int       `json:"top"`
	Lots       lotScript `json:"lots"`
}

func countBordaCase(c caseFile) (any, error) {
	var in bordaSettings
	if err := c.settings(&in); err != nil {
		return nil, err
	}
	if err := oneOf("equal_ranks", in.EqualRanks, "average"); err != nil {
		return nil, err
	}
	rules := Rules{Method: Borda, LastPoint: in.LastPoint, Unranked: in.Unranked, Top: in.Top, Equal: true, Blank: true}
	return c.countPoints(rules, in.Lots, caseRanked)
}

// countPoints counts a poll that goes by sums or means.
func (c caseFile) countPoints(rules Rules, lots lotScript, ballotType string) (any, error) {
	r, err := c.count(rules, lots, ballotType)
	if err != nil {
		return nil, err
	}
	return rankedAsExpected(r), nil
}
