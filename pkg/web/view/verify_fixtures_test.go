package view

import "plenary/pkg/errs"

func verifyPages() []shown {
	texts := []Told{{"verify.chain.holds", "The log is whole. Records: {Number}."}, {"verify.status.holds", "Holds"}}
	report := &Verification{Title: "Lunch <on> Friday", Fails: true, Findings: []Found{
		{"holds", errs.Text{Code: "verify.chain.holds", Args: errs.Args{"Number": 12}}},
		{"fails", errs.Text{Code: "verify.box.fails", Args: errs.Args{"Number": 5}}},
		{"open", errs.Text{Code: "verify.key.open", Args: errs.Args{"Key": "72AS YEXT VNGO NLC5 W2NM GUXZ A3FR WEPP IP5T HYSS 5577 KURG HCEQ"}}},
	}, Others: []errs.Text{{Code: "verify.other", Args: errs.Args{"Method": "borda", "Winners": "Soup"}}, {Code: "verify.other_none", Args: errs.Args{"Method": "irv"}}}}
	return []shown{
		{"verify", VerifyPage{Frame: frame("/verify", nil), Texts: texts}},
		{"verify-report", VerifyPage{Frame: frame("", member()), Texts: texts, Report: report}},
		{"verify-rejected", VerifyPage{Frame: frame("", member()), Texts: texts, Form: Form{Fields: errs.Fields{"file": {Code: "verify.page.unreadable"}}}}},
	}
}
