package forum

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"plenary/pkg/access"
	"plenary/pkg/errs"
	"plenary/pkg/plain"
	"plenary/pkg/store"
)

// File is a picture or document that somebody has uploaded. Its bytes are kept
// elsewhere, under their checksum.
type File struct {
	ID        int64
	OwnerID   int64
	ThreadID  int64 // 0 while it waits for the post that it belongs to
	Name      string
	MediaType string
	Size      int64 // bytes
	Width     int   // pixels, of a picture
	Height    int
	SHA256    string // hex
	CreatedAt time.Time
}

// Path is the file's address, to be put into Markdown.
func (f File) Path() string { return "/files/" + strconv.FormatInt(f.ID, 10) }

// Picture reports whether the file may be shown within a text.
func (f File) Picture() bool { return f.Width > 0 }

type fileRow struct {
	ID        int64
	OwnerID   int64
	ThreadID  *int64
	Name      string
	MediaType string
	Size      int64
	Width     int
	Height    int
	SHA256    string `gorm:"column:sha256"`
	CreatedAt store.Time
}

func (fileRow) TableName() string { return "files" }

// AddFile notes an uploaded file. It belongs to nobody but its owner until a
// text that links to it is posted in a thread.
func (f *Forum) AddFile(ctx context.Context, who access.Actor, in File) (File, error) {
	if !who.SignedIn() {
		return File{}, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	var fields errs.Fields
	in.Name = plain.Line(&fields, "file", in.Name, true, 200)
	if err := fields.Err(); err != nil {
		return File{}, err
	}
	row := fileRow{OwnerID: who.Person, Name: in.Name, MediaType: in.MediaType, Size: in.Size, Width: in.Width, Height: in.Height,
		SHA256: in.SHA256, CreatedAt: store.At(f.now())}
	err := f.db.Write(ctx, func(tx *store.Tx) error {
		row.ID = 0
		return tx.Create(&row).Error
	})
	if err != nil {
		return File{}, err
	}
	in.ID, in.OwnerID, in.CreatedAt = row.ID, who.Person, row.CreatedAt.Time
	return in, nil
}

// File finds an uploaded file that the actor may see: its owner, and whoever
// may read the thread that it was posted in.
func (f *Forum) File(ctx context.Context, who access.Actor, id int64) (File, error) {
	file, err := f.FileByID(ctx, id)
	if err != nil {
		return File{}, err
	}
	if who.SignedIn() && file.OwnerID == who.Person {
		return file, nil
	}
	if file.ThreadID == 0 {
		return File{}, errs.New(errs.NotFound, "error.not_found")
	}
	_, err = f.Thread(ctx, who, file.ThreadID)
	return file, err
}

// Files reads those of the uploads with the given ids that are the actor's own or
// belong to the thread, which the actor may read: one statement.
func (f *Forum) Files(ctx context.Context, who access.Actor, thread int64, ids []int64) (map[int64]File, error) {
	out := make(map[int64]File, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []fileRow
	err := f.db.Read(ctx).Where("id IN ? AND (owner_id = ? OR thread_id = ?)", ids, who.Person, thread).Find(&rows).Error
	if err != nil {
		return nil, store.Translate(fmt.Errorf("read files of thread %d: %w", thread, err))
	}
	for _, r := range rows {
		out[r.ID] = r.file()
	}
	return out, nil
}

// FileByID finds an uploaded file for a caller who knows that it may be seen.
func (f *Forum) FileByID(ctx context.Context, id int64) (File, error) {
	var row fileRow
	if err := f.db.Read(ctx).Where("id = ?", id).Take(&row).Error; err != nil {
		return File{}, store.Translate(fmt.Errorf("load file %d: %w", id, err))
	}
	return row.file(), nil
}

func (r fileRow) file() File {
	file := File{ID: r.ID, OwnerID: r.OwnerID, Name: r.Name, MediaType: r.MediaType, Size: r.Size,
		Width: r.Width, Height: r.Height, SHA256: r.SHA256, CreatedAt: r.CreatedAt.Time}
	if r.ThreadID != nil {
		file.ThreadID = *r.ThreadID
	}
	return file
}

var fileLink = regexp.MustCompile(`\]\(/files/(\d{1,18})[/)\s]`)

// Attach gives an upload of the actor's into a thread, by its address here. A link to
// somebody else's file shows nothing that its reader could not see.
func Attach(tx *store.Tx, who access.Actor, thread int64, path string) error {
	return attachFiles(tx, who, thread, "]("+path+")")
}

// attachFiles gives the actor's uploads that a text links to into the thread.
// A link to somebody else's file shows nothing that its reader could not see.
func attachFiles(tx *store.Tx, who access.Actor, thread int64, body string) error {
	var ids []int64
	for _, m := range fileLink.FindAllStringSubmatch(body, -1) {
		if id, err := strconv.ParseInt(m[1], 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	err := tx.Exec("UPDATE files SET thread_id = ? WHERE id IN ? AND owner_id = ? AND thread_id IS NULL", thread, ids, who.Person).Error
	if err != nil {
		return fmt.Errorf("attach files to thread %d: %w", thread, err)
	}
	return nil
}
