package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"plenary/pkg/ballotfile"
	"plenary/pkg/tally"
)

type tallyCommand struct {
	Files  []string `arg:"" help:"Ballot files: tally-case/1, BLT, ABIF or the forum's CSV; - for standard input."`
	Method string   `help:"Method for files that name none; by default irv for one seat, stv_scottish for more, score for scores and approval for choices." placeholder:"NAME"`
	Seats  int      `help:"Seats for files that name none." placeholder:"N"`
}

// Run counts each file and prints one JSON object a line.
func (c *tallyCommand) Run(t *tools) error {
	if c.Seats < 0 || c.Seats > ballotfile.MaxSeats {
		return fmt.Errorf("--seats %d: want a number from 1 to %d: %w", c.Seats, ballotfile.MaxSeats, errUsage)
	}
	out := json.NewEncoder(t.out)
	out.SetEscapeHTML(false)
	for _, name := range c.Files {
		data, err := readInput(name, t.in)
		if err != nil {
			return err
		}
		result, err := c.count(name, data)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := out.Encode(result); err != nil {
			return err
		}
	}
	return nil
}

func (c *tallyCommand) count(name string, data []byte) (tally.CaseResult, error) {
	if !isBallotFile(data) {
		return tally.CountCase(bytes.NewReader(data))
	}
	file, err := ballotfile.Read(data)
	if err != nil {
		return tally.CaseResult{}, err
	}
	if file.Seats == 0 {
		file.Seats = c.Seats
	}
	method := tally.Method(c.Method)
	if method == "" {
		method = file.Usual()
	}
	asCase, err := file.Case(strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)), method)
	if err != nil {
		return tally.CaseResult{}, err
	}
	return tally.CountCase(bytes.NewReader(asCase))
}

// isBallotFile tells a format of lines from a file that is one JSON object. An
// ABIF file can begin with an object too, but goes on after it.
func isBallotFile(data []byte) bool {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || data[0] != '{' {
		return len(data) > 0
	}
	line, rest, _ := bytes.Cut(data, []byte("\n"))
	return len(bytes.TrimSpace(rest)) > 0 && json.Valid(line)
}

// readInput reads a file, or standard input for "-".
func readInput(name string, in io.Reader) ([]byte, error) {
	file, err := openInput(name, in)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}
