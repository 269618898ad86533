-- +goose Up

-- Mails about polls. Whoever opens a poll says whether the voters are told.
ALTER TABLE polls ADD COLUMN tell TEXT NOT NULL DEFAULT 'mail' CHECK (tell IN ('mail', 'nobody'));

-- What is still to be told of a poll. Letters are written some at a time, in the
-- order of the people's ids; told_to is how far that has come.
CREATE TABLE poll_tellings (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    poll_id    INTEGER NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL,
    subject_id INTEGER NOT NULL DEFAULT 0, -- the option that was added
    by_id      INTEGER REFERENCES people (id),
    created_at INTEGER NOT NULL,
    told_to    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX poll_tellings_of_poll ON poll_tellings (poll_id);

-- Of which polls of a group somebody wants to hear by mail, and what their letters
-- are unsubscribed with. Who has no row is told of everything.
CREATE TABLE poll_mails (
    person_id INTEGER NOT NULL REFERENCES people (id),
    group_id  INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    wants     TEXT    NOT NULL DEFAULT 'all' CHECK (wants IN ('all', 'needed', 'none')),
    token     TEXT    NOT NULL UNIQUE,
    PRIMARY KEY (person_id, group_id)
) STRICT, WITHOUT ROWID;

-- Further personal links of a guest: each letter has one of its own, and they hold
-- beside each other.
CREATE TABLE poll_guest_links (
    token_hash BLOB    PRIMARY KEY,
    guest_id   INTEGER NOT NULL REFERENCES poll_guests (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX poll_guest_links_of_guest ON poll_guest_links (guest_id);

-- Of what was due before there were such mails, nobody is told now.
UPDATE poll_reminders SET sent_at = at WHERE sent_at IS NULL AND at <= CAST(strftime('%s', 'now') AS INTEGER) * 1000000;
ALTER TABLE outcomes ADD COLUMN review_told TEXT; -- the day of review that was told of last
UPDATE outcomes SET review_told = review_on WHERE review_on <= date('now');
CREATE INDEX outcomes_to_review ON outcomes (review_on) WHERE review_on IS NOT NULL;
CREATE INDEX poll_reminders_due ON poll_reminders (at) WHERE sent_at IS NULL;
