// Command build makes static/dist out of static/js, static/css, static/files and
// static/vendor. It runs through "go generate ./static" and never at the
// forum's side, so the shipped program holds no bundler. It reads the working
// tree only and must never use the network.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(".", "dist"); err != nil {
		fmt.Fprintln(os.Stderr, "build assets:", err)
		os.Exit(1)
	}
}

// run builds the folder root (static/) into the folder out.
func run(root, out string) error {
	b, err := build(root)
	if err != nil {
		return err
	}
	files, err := pack(b)
	if err != nil {
		return err
	}
	return write(out, files)
}
