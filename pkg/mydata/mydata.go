package mydata

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"gorm.io/gorm"

	"plenary/pkg/access"
	"plenary/pkg/blob"
	"plenary/pkg/errs"
	"plenary/pkg/group"
	"plenary/pkg/i18n"
	"plenary/pkg/person"
	"plenary/pkg/poll"
	"plenary/pkg/store"
)

const (
	exportLife  = 7 * 24 * time.Hour
	exportsMost = 3 // within a day
	listed      = 20
	makingMost  = 24 * time.Hour // an export that is not made by then was given up
)

// Later has work done soon after the commit, by somebody who may try more than
// once.
type Later struct {
	Make func(tx *store.Tx, export int64) error                     // has MakeExport called
	Drop func(tx *store.Tx, checksums []string, at time.Time) error // has DropFiles called
}

// Data is what the forum keeps of people. It is safe for concurrent use.
type Data struct {
	db     *store.DB
	people *person.People
	groups *group.Groups
	polls  *poll.Polls
	blobs  *blob.Store
	words  *i18n.Bundle
	later  Later
	now    func() time.Time

	forgetters []Forgetter
}

// New opens the room.
func New(db *store.DB, people *person.People, groups *group.Groups, polls *poll.Polls, blobs *blob.Store, words *i18n.Bundle, later Later, now func() time.Time) *Data {
	return &Data{db: db, people: people, groups: groups, polls: polls, blobs: blobs, words: words, later: later, now: now}
}

// Forgetter takes a person out of a room, inside the transaction of the erasure.
type Forgetter func(tx *store.Tx, person int64) error

// OnErase registers what a room has to do when an account is erased: to give a seat
// to whoever waits for it, say. Register before the first request.
func (d *Data) OnErase(forget Forgetter) { d.forgetters = append(d.forgetters, forget) }

// Export is a copy of what the forum keeps of a person, as one file.
type Export struct {
	ID        int64
	AskedAt   time.Time
	MadeAt    *time.Time // nil while it is being made
	ExpiresAt time.Time
	Size      int64 // bytes
}

// Path is the address of the file, for its owner.
func (e Export) Path() string { return "/account/data/exports/" + strconv.FormatInt(e.ID, 10) }

// Ready reports whether the file is there.
func (e Export) Ready() bool { return e.MadeAt != nil }

type exportRow struct {
	ID        int64
	PersonID  int64
	AskedAt   store.Time
	MadeAt    *store.Time
	ExpiresAt store.Time
	SHA256    string `gorm:"column:sha256"`
	Size      int64
}

func (exportRow) TableName() string { return "exports" }

func (r exportRow) export() Export {
	e := Export{ID: r.ID, AskedAt: r.AskedAt.Time, ExpiresAt: r.ExpiresAt.Time, Size: r.Size}
	if r.MadeAt != nil {
		e.MadeAt = &r.MadeAt.Time
	}
	return e
}

const exportColumns = "id, person_id, asked_at, made_at, expires_at, sha256, size"

// AskExport has an export of one's own data made. While one is being made, that
// one is answered. Errors: TooMany "mydata.exports" after three in a day.
func (d *Data) AskExport(ctx context.Context, who access.Actor) (Export, error) {
	if !who.SignedIn() {
		return Export{}, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	var asked exportRow
	err := d.db.Write(ctx, func(tx *store.Tx) error {
		var rows []exportRow
		err := tx.Select(exportColumns).Where("person_id = ? AND asked_at > ?", who.Person, store.At(d.now().Add(-makingMost))).
			Order("id DESC").Limit(exportsMost).Find(&rows).Error
		switch {
		case err != nil:
			return fmt.Errorf("look for exports of person %d: %w", who.Person, err)
		case len(rows) > 0 && rows[0].MadeAt == nil:
			asked = rows[0]
			return nil
		case len(rows) == exportsMost:
			return errs.New(errs.TooMany, "mydata.exports", errs.Args{"RetryAfter": 3600})
		}
		asked = exportRow{PersonID: who.Person, AskedAt: store.At(d.now()), ExpiresAt: store.At(d.now().Add(exportLife))}
		if err := tx.Select("person_id", "asked_at", "expires_at").Create(&asked).Error; err != nil {
			return fmt.Errorf("ask for an export of person %d: %w", who.Person, err)
		}
		return d.later.Make(tx, asked.ID)
	})
	return asked.export(), err
}

// Exports lists one's own exports, the latest first.
func (d *Data) Exports(ctx context.Context, who access.Actor) ([]Export, error) {
	if !who.SignedIn() {
		return nil, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	var rows []exportRow
	err := d.db.Read(ctx).Select(exportColumns).Where("person_id = ? AND expires_at > ?", who.Person, store.At(d.now())).
		Order("id DESC").Limit(listed).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("list the exports of person %d: %w", who.Person, err))
	}
	out := make([]Export, len(rows))
	for i, r := range rows {
		out[i] = r.export()
	}
	return out, nil
}

// OpenExport opens one's own export. Anybody else's, and one that has expired,
// is not there.
func (d *Data) OpenExport(ctx context.Context, who access.Actor, id int64) (Export, io.ReadSeekCloser, error) {
	if !who.SignedIn() {
		return Export{}, nil, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	var r exportRow
	err := d.db.Read(ctx).Select(exportColumns).
		Where("id = ? AND person_id = ? AND expires_at > ? AND made_at IS NOT NULL", id, who.Person, store.At(d.now())).Take(&r).Error
	if err != nil {
		return Export{}, nil, store.Translate(fmt.Errorf("open export %d: %w", id, err))
	}
	file, err := d.blobs.Open(r.SHA256)
	return r.export(), file, err
}

// MakeExport makes the file of an export and tells the person. Done twice it is
// done once.
func (d *Data) MakeExport(ctx context.Context, id int64) error {
	var r exportRow
	err := d.db.Read(ctx).Select(exportColumns).Where("id = ?", id).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) || err == nil && r.MadeAt != nil {
		return nil
	}
	if err != nil {
		return store.Translate(fmt.Errorf("read export %d: %w", id, err))
	}
	whose, err := d.people.ByID(ctx, r.PersonID)
	if err != nil {
		return err
	}
	made, err := d.blobs.PutMade(func(w io.Writer) error { return d.write(ctx, w, whose) })
	if err != nil {
		return fmt.Errorf("make export %d: %w", id, err)
	}
	return d.db.Write(ctx, func(tx *store.Tx) error {
		now := d.now()
		done := tx.Exec("UPDATE exports SET made_at = ?, expires_at = ?, sha256 = ?, size = ? WHERE id = ? AND made_at IS NULL",
			store.At(now), store.At(now.Add(exportLife)), made.SHA256, made.Size, id)
		if done.Error != nil {
			return fmt.Errorf("keep export %d: %w", id, done.Error)
		}
		if done.RowsAffected == 0 { // the person was erased, or somebody was quicker
			return d.later.Drop(tx, []string{made.SHA256}, now)
		}
		return d.people.Write(tx, whose.ID, "export_ready", map[string]string{"Path": "/account/data"})
	})
}

// DropExpired deletes the exports whose time is over, with their files, and says
// how many they were.
func (d *Data) DropExpired(ctx context.Context) (int, error) {
	var sums []string
	n := 0
	err := d.db.Write(ctx, func(tx *store.Tx) error {
		sums = nil
		var rows []exportRow
		err := tx.Raw("DELETE FROM exports WHERE expires_at <= ? OR (made_at IS NULL AND asked_at <= ?) RETURNING "+exportColumns,
			store.At(d.now()), store.At(d.now().Add(-makingMost))).Scan(&rows).Error
		if err != nil {
			return fmt.Errorf("drop expired exports: %w", err)
		}
		for _, r := range rows {
			if r.SHA256 != "" {
				sums = append(sums, r.SHA256)
			}
		}
		n = len(rows)
		if len(sums) == 0 {
			return nil
		}
		return d.later.Drop(tx, sums, d.now())
	})
	return n, err
}

// refers are the columns that name a kept file.
var refers = [...]struct{ table, column string }{
	{"files", "sha256"}, {"people", "picture"}, {"groups", "picture"}, {"exports", "sha256"},
}

// again is how long a file is left alone after somebody has put the same one: it
// may be that its row is about to be written.
const again = 10 * time.Minute

// DropFiles deletes those of the kept files that nothing refers to. It answers
// with those that are to be looked at again later.
func (d *Data) DropFiles(ctx context.Context, checksums []string) (later []string, err error) {
	for _, sum := range checksums {
		used, err := d.used(ctx, sum)
		if err != nil {
			return nil, err
		}
		if used {
			continue
		}
		gone, err := d.blobs.Remove(sum, time.Now().Add(-again)) // the clock of the file system, not of the forum
		if err != nil {
			return nil, err
		}
		if !gone {
			later = append(later, sum)
		}
	}
	return later, nil
}

func (d *Data) used(ctx context.Context, sum string) (bool, error) {
	for _, r := range refers {
		var n int64
		err := d.db.Read(ctx).Table(r.table).Where(r.column+" = ?", sum).Limit(1).Count(&n).Error
		if err != nil {
			return false, store.Translate(fmt.Errorf("look for what refers to a file: %w", err))
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, nil
}

// DropLater has files deleted that something has just ceased to refer to.
func (d *Data) DropLater(ctx context.Context, checksums ...string) error {
	return d.db.Write(ctx, func(tx *store.Tx) error { return d.later.Drop(tx, checksums, d.now().Add(again)) })
}
