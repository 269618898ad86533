//go:build js && wasm

// Command verify is the check of a poll's export for the browser. It gives the
// page one function, plenaryVerify, from the text of an export to the findings
// as JSON. It never asks the network for anything.
package main

import (
	"encoding/json"
	"syscall/js"

	"plenary/pkg/ledger"
)

func main() {
	js.Global().Set("plenaryVerify", js.FuncOf(func(_ js.Value, args []js.Value) any {
		b, err := ledger.ReadBundle([]byte(args[0].String()))
		if err != nil {
			return ""
		}
		report, err := json.Marshal(ledger.Verify(b))
		if err != nil {
			return ""
		}
		return string(report)
	}))
	select {} // the page calls until it is left
}
