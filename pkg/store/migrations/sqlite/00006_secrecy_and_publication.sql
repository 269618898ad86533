-- +goose Up

-- What is published of the ballots of a secret poll, and that its author knows of
-- votes which few have.
ALTER TABLE polls ADD COLUMN publish      TEXT    NOT NULL DEFAULT 'ballots' CHECK (publish IN ('ballots', 'totals'));
ALTER TABLE polls ADD COLUMN rare_weights INTEGER NOT NULL DEFAULT 0 CHECK (rare_weights IN (0, 1));

-- How many rows the box of the poll had when they were last written anew.
ALTER TABLE polls ADD COLUMN box_mixed INTEGER NOT NULL DEFAULT 0;

-- The reason beside a secret ballot is bound by a hash, so that its text can be
-- taken away. Ballots of before have the text alone.
ALTER TABLE ballot_box ADD COLUMN reason_salt BLOB;
ALTER TABLE ballot_box ADD COLUMN reason_hash BLOB;

-- Reasons that a moderator has taken away. Reason is the hash of the text.
CREATE TABLE hidden_reasons (
    poll_id   INTEGER NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    reason    BLOB  NOT NULL,
    hidden_by INTEGER NOT NULL REFERENCES people (id),
    why       TEXT   NOT NULL,
    hidden_at INTEGER NOT NULL,
    PRIMARY KEY (poll_id, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX hidden_reasons_by_person ON hidden_reasons (hidden_by);
