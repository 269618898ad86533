-- +goose Up

-- The public source of chance that decides a poll's lots, and how far a close has
-- come: settle_at is when it is carried on, and NULL once there is a result.
ALTER TABLE polls ADD COLUMN beacon        TEXT    NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN beacon_round  BIGINT  NOT NULL DEFAULT 0 CHECK (beacon_round >= 0);
ALTER TABLE polls ADD COLUMN beacon_at     BIGINT;
ALTER TABLE polls ADD COLUMN beacon_missed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE polls ADD COLUMN settle_at     BIGINT;
CREATE INDEX polls_to_settle ON polls (settle_at) WHERE settle_at IS NOT NULL;
