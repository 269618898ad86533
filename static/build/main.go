// Command build makes static/dist out of static/js, static/css, static/files,
// static/vendor and the program static/verify. It runs through "go generate ./static" and never at the
// forum's side, so the shipped program holds no bundler. It reads the working
// tree only and must never use the network.
package main

import (
	"fmt"
	"maps"
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
	files, compiled, err := assemble(root)
	if err != nil {
		return err
	}
	program, err := compileChecker(root, compiled)
	if err != nil {
		return err
	}
	maps.Copy(files, program)
	return write(out, files)
}

// assemble makes everything but what has to be compiled, of which it gives the
// name.
func assemble(root string) (files map[string][]byte, compiled string, err error) {
	b, err := build(root)
	if err != nil {
		return nil, "", err
	}
	if compiled, err = checkerName(root); err != nil {
		return nil, "", err
	}
	b.manifest[checker] = compiled
	files, err = pack(b)
	return files, compiled, err
}
