-- +goose Up

-- What is published of the ballots of a secret poll, and that its author knows of
-- votes which few have.
ALTER TABLE polls ADD COLUMN publish      TEXT    NOT NULL DEFAULT 'ballots' CHECK (publish IN ('ballots', 'totals'));
ALTER TABLE polls ADD COLUMN rare_weights BOOLEAN NOT NULL DEFAULT FALSE;

-- How many rows the box of the poll had when they were last written anew.
ALTER TABLE polls ADD COLUMN box_mixed BIGINT NOT NULL DEFAULT 0;

-- The reason beside a secret ballot is bound by a hash, so that its text can be
-- taken away. Ballots of before have the text alone.
ALTER TABLE ballot_box ADD COLUMN reason_salt BYTEA;
ALTER TABLE ballot_box ADD COLUMN reason_hash BYTEA;

-- Reasons that a moderator has taken away. Reason is the hash of the text.
CREATE TABLE hidden_reasons (
    poll_id   BIGINT NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    reason    BYTEA  NOT NULL,
    hidden_by BIGINT NOT NULL REFERENCES people (id),
    why       TEXT   NOT NULL,
    hidden_at BIGINT NOT NULL,
    PRIMARY KEY (poll_id, reason)
);
CREATE INDEX hidden_reasons_by_person ON hidden_reasons (hidden_by);
