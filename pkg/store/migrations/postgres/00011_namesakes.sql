-- +goose Up

-- A speaker or host who is only named may have the name of somebody with an account.
-- Those who convene have said that it is somebody else.
ALTER TABLE programme_session_people ADD COLUMN apart BOOLEAN NOT NULL DEFAULT FALSE;
