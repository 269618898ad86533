-- +goose Up

-- What the picture of an option shows, for those who do not see it.
ALTER TABLE poll_options ADD COLUMN picture_alt TEXT NOT NULL DEFAULT '';
