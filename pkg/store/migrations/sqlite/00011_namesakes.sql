-- +goose Up

-- A speaker or host who is only named may have the name of somebody with an account.
-- Those who convene have said that it is somebody else.
ALTER TABLE programme_session_people ADD COLUMN apart INTEGER NOT NULL DEFAULT 0 CHECK (apart IN (0, 1));
