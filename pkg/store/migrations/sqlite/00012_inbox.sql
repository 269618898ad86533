-- +goose Up

-- What the owner of an inbox has done with an event in it. What is put away is
-- read, too. Other timelines have neither.
ALTER TABLE events ADD COLUMN read_at     INTEGER;
ALTER TABLE events ADD COLUMN put_away_at INTEGER;

-- What came while inboxes had no page counts as read.
UPDATE events SET read_at = at WHERE place = 'person';
CREATE INDEX events_unread ON events (topic_id, seq) WHERE place = 'person' AND read_at IS NULL AND kind <> 'inbox.changed';
