-- +goose Up

-- The discussion that a poll on its own brought with it, to talk about that poll.
ALTER TABLE threads ADD COLUMN poll_id BIGINT REFERENCES polls (id) ON DELETE SET NULL;
CREATE UNIQUE INDEX threads_of_polls ON threads (poll_id) WHERE poll_id IS NOT NULL;
