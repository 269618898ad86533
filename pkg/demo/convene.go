package demo

import (
	"context"
	"errors"

	"plenary/pkg/theme"
)

// gather puts themes under an overarching one that is new.
func (sc *scene) gather(ctx context.Context, a act) error {
	who, err := sc.actor(a.By)
	if err != nil {
		return err
	}
	if len(a.Theme) != 1 {
		return errors.New("a group has one new theme above it")
	}
	parts := make([]int64, len(a.Themes))
	for i, key := range a.Themes {
		if parts[i], err = lookUp("theme", sc.theme, key); err != nil {
			return err
		}
	}
	above := a.Theme[0]
	made, err := sc.themes.Overarching(ctx, who, sc.thread, theme.NewTheme{Title: sc.text(above.Title), Description: sc.text(above.Text)}, parts, "")
	if err != nil {
		return err
	}
	sc.guide.Themes++
	return name("theme", sc.theme, above.Key, made.ID)
}

// merge makes one theme part of another at once.
func (sc *scene) merge(ctx context.Context, a act) error {
	who, id, err := sc.on(a.By, "theme", sc.theme, a.On)
	if err != nil {
		return err
	}
	into, err := lookUp("theme", sc.theme, a.Into)
	if err != nil {
		return err
	}
	_, err = sc.themes.Merge(ctx, who, id, theme.MergeOrder{Into: into, Reason: sc.text(a.Text), Now: true})
	return err
}
