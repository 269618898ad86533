package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/app"
	"plenary/pkg/config"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/person"
)

// with opens the rooms, runs do, and closes them again.
func (t *tools) with(cfg config.Database, do func(*app.Rooms) error) error {
	rooms, err := app.Open(t.ctx, cfg, t.quietLog(), app.Options{})
	if err != nil {
		return err
	}
	return errors.Join(do(rooms), rooms.Close())
}

type userAddCommand struct {
	config.Database
	Email         string `required:"" help:"Address to sign in with."`
	Name          string `required:"" help:"Name as shown to others."`
	Handle        string `help:"Short name in addresses and mentions. Default: made from the name."`
	Affiliation   string `help:"Cooperative or organisation, shown beside the name."`
	Admin         bool   `help:"Make the person an administrator of the forum."`
	PasswordStdin bool   `help:"Read the password from standard input. Without it the person cannot sign in with a password yet."`
}

// Run adds the person.
func (c *userAddCommand) Run(t *tools) error {
	in := person.NewPerson{Name: c.Name, Handle: c.Handle, Email: c.Email, Affiliation: c.Affiliation, Administrator: c.Admin}
	if c.PasswordStdin {
		var err error
		if in.Password, err = t.password(); err != nil {
			return err
		}
	}
	return t.with(c.Database, func(r *app.Rooms) error {
		p, err := r.People.Add(t.ctx, access.System(), in)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, p.Handle)
		return err
	})
}

// password reads the first line of standard input.
func (t *tools) password() (string, error) {
	line, err := bufio.NewReader(io.LimitReader(t.in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	password := strings.TrimRight(line, "\r\n")
	if password == "" {
		return "", fmt.Errorf("standard input was empty; pipe the password into the command: %w", errUsage)
	}
	return password, nil
}

type userPasswordCommand struct {
	config.Database
	User string `required:"" help:"Handle of the person. The new password is read from standard input."`
}

// Run sets the password.
func (c *userPasswordCommand) Run(t *tools) error {
	password, err := t.password()
	if err != nil {
		return err
	}
	return t.with(c.Database, func(r *app.Rooms) error {
		err := r.People.SetPassword(t.ctx, access.System(), c.User, password)
		if errs.Is(err, errs.NotFound) {
			return noSuch("person", c.User, "plenary user add")
		}
		return err
	})
}

type tokenCreateCommand struct {
	config.Database
	User    string        `required:"" help:"Handle of the person the token acts for."`
	Name    string        `help:"What the token is for." default:"command line"`
	Scopes  []string      `help:"read, write, admin; admin is for deciding who gets into the forum." default:"read,write" enum:"read,write,admin"`
	Expires time.Duration `help:"How long it is good for." default:"8760h"`
}

// Run makes the token and prints it alone.
func (c *tokenCreateCommand) Run(t *tools) error {
	return t.with(c.Database, func(r *app.Rooms) error {
		p, err := r.People.ByHandle(t.ctx, c.User)
		if errs.Is(err, errs.NotFound) {
			return noSuch("person", c.User, "plenary user add")
		}
		if err != nil {
			return err
		}
		token, _, err := r.People.NewToken(t.ctx, access.System(), person.NewToken{Person: p.ID, Name: c.Name, Scopes: c.Scopes, Expires: c.Expires})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, token)
		return err
	})
}

type groupAddCommand struct {
	config.Database
	Name        string `required:"" help:"Name of the cooperative or network."`
	Handle      string `required:"" help:"Short name in addresses."`
	Visibility  string `help:"public, closed or secret; without it public, and below another group as that one." default:"" enum:"public,closed,secret,"`
	Parent      string `help:"Handle of the group above it."`
	Joining     string `help:"How people come in: open, request or invitation; without it open into a public group, by invitation into others." default:"" enum:"open,request,invitation,"`
	Description string `help:"One line about the group."`
}

// Run adds the group.
func (c *groupAddCommand) Run(t *tools) error {
	return t.with(c.Database, func(r *app.Rooms) error {
		g, err := r.Groups.Create(t.ctx, access.System(), group.NewGroup{
			Name: c.Name, Handle: c.Handle, Description: c.Description, Visibility: access.Visibility(c.Visibility),
			Parent: c.Parent, Joining: access.Joining(c.Joining)})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, g.Handle)
		return err
	})
}

type groupJoinCommand struct {
	config.Database
	Group string `required:"" help:"Handle of the group."`
	User  string `required:"" help:"Handle of the person."`
	Role  string `help:"member, moderator or admin." default:"member" enum:"member,moderator,admin"`
}

// Run makes the membership, or changes its role.
func (c *groupJoinCommand) Run(t *tools) error {
	return t.with(c.Database, func(r *app.Rooms) error {
		if _, err := r.Groups.ByHandle(t.ctx, access.System(), c.Group); errs.Is(err, errs.NotFound) {
			return noSuch("group", c.Group, "plenary group add")
		}
		if _, err := r.People.ByHandle(t.ctx, c.User); errs.Is(err, errs.NotFound) {
			return noSuch("person", c.User, "plenary user add")
		}
		_, err := r.Groups.AddMember(t.ctx, access.System(), c.Group, c.User, access.Role(c.Role))
		if errs.Is(err, errs.Conflict) { // a member already: the role is what was asked for
			_, err = r.Groups.SetRole(t.ctx, access.System(), c.Group, c.User, access.Role(c.Role))
		}
		return err
	})
}

func noSuch(what, handle, remedy string) error {
	return fmt.Errorf("there is no %s with the handle %q; make one with: %s", what, handle, remedy)
}
