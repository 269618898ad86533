-- +goose Up

-- The public source of chance that decides a poll's lots, and how far a close has
-- come: settle_at is when it is carried on, and NULL once there is a result.
ALTER TABLE polls ADD COLUMN beacon        TEXT    NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN beacon_round  INTEGER NOT NULL DEFAULT 0 CHECK (beacon_round >= 0);
ALTER TABLE polls ADD COLUMN beacon_at     INTEGER;
ALTER TABLE polls ADD COLUMN beacon_missed INTEGER NOT NULL DEFAULT 0 CHECK (beacon_missed IN (0, 1));
ALTER TABLE polls ADD COLUMN settle_at     INTEGER;
CREATE INDEX polls_to_settle ON polls (settle_at) WHERE settle_at IS NOT NULL;
