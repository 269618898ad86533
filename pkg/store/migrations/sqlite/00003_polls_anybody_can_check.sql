-- +goose Up

-- Polls: who may vote and how, what is kept secret, and the record of it all.
ALTER TABLE polls ADD COLUMN reasons       TEXT    NOT NULL DEFAULT 'optional' CHECK (reasons IN ('off', 'optional', 'required'));
UPDATE polls SET reasons = 'required' WHERE reason_required = 1;
ALTER TABLE polls DROP COLUMN reason_required;
ALTER TABLE polls ADD COLUMN secret        INTEGER NOT NULL DEFAULT 0 CHECK (secret IN (0, 1));
ALTER TABLE polls ADD COLUMN receipts      TEXT    NOT NULL DEFAULT 'find' CHECK (receipts IN ('find', 'count'));
ALTER TABLE polls ADD COLUMN publish_from  INTEGER NOT NULL DEFAULT 10 CHECK (publish_from >= 10);
ALTER TABLE polls ADD COLUMN shuffle       INTEGER NOT NULL DEFAULT 0 CHECK (shuffle IN (0, 1));
ALTER TABLE polls ADD COLUMN undecided     INTEGER NOT NULL DEFAULT 0 CHECK (undecided IN (0, 1));
ALTER TABLE polls ADD COLUMN options_by    TEXT    NOT NULL DEFAULT 'author' CHECK (options_by IN ('author', 'voters'));
ALTER TABLE polls ADD COLUMN collect_until INTEGER;
ALTER TABLE polls ADD COLUMN opens_at      INTEGER;
ALTER TABLE polls ADD COLUMN electorate    TEXT    NOT NULL DEFAULT 'group' CHECK (electorate IN ('group', 'thread', 'named', 'titles'));
ALTER TABLE polls ADD COLUMN titles        TEXT    NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN joins_late    INTEGER NOT NULL DEFAULT 0 CHECK (joins_late IN (0, 1));
ALTER TABLE polls ADD COLUMN weighted      INTEGER NOT NULL DEFAULT 0 CHECK (weighted IN (0, 1));
ALTER TABLE polls ADD COLUMN proxies       INTEGER NOT NULL DEFAULT 0 CHECK (proxies IN (0, 1));
ALTER TABLE polls ADD COLUMN voter_weight  INTEGER NOT NULL DEFAULT 0 CHECK (voter_weight >= 0);
UPDATE polls SET voter_weight = voter_count;
ALTER TABLE polls ADD COLUMN lots_secret   BLOB;
ALTER TABLE polls ADD COLUMN seed          TEXT    NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN log_length    INTEGER NOT NULL DEFAULT 0 CHECK (log_length >= 0);
ALTER TABLE polls ADD COLUMN log_head      BLOB;
ALTER TABLE polls ADD COLUMN log_at        INTEGER;
ALTER TABLE polls ADD COLUMN certificate   TEXT    NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN signature     BLOB;
ALTER TABLE polls ADD COLUMN certificates  TEXT    NOT NULL DEFAULT '';

ALTER TABLE poll_options ADD COLUMN description      TEXT    NOT NULL DEFAULT '';
ALTER TABLE poll_options ADD COLUMN description_html TEXT    NOT NULL DEFAULT '';
ALTER TABLE poll_options ADD COLUMN side             TEXT    NOT NULL DEFAULT '' CHECK (side IN ('', 'agree', 'abstain', 'disagree', 'block'));
UPDATE poll_options SET side = label WHERE label IN ('agree', 'abstain', 'disagree', 'block')
    AND poll_id IN (SELECT p.id FROM polls AS p WHERE p.method = 'proposal');
ALTER TABLE poll_options ADD COLUMN reason_prompt    TEXT    NOT NULL DEFAULT '';
ALTER TABLE poll_options ADD COLUMN file_id          INTEGER REFERENCES files (id);
ALTER TABLE poll_options ADD COLUMN starts_at        INTEGER;
ALTER TABLE poll_options ADD COLUMN ends_at          INTEGER;
ALTER TABLE poll_options ADD COLUMN added_by         INTEGER REFERENCES people (id);
ALTER TABLE poll_options ADD COLUMN added_at         INTEGER;

-- The electorate, and in secret polls the roll: who has voted, never how.
-- salt and the person are what a pseudonym in the log is made of.
ALTER TABLE poll_voters ADD COLUMN weight       INTEGER NOT NULL DEFAULT 1 CHECK (weight > 0);
ALTER TABLE poll_voters ADD COLUMN source       TEXT    NOT NULL DEFAULT 'group';
ALTER TABLE poll_voters ADD COLUMN salt         BLOB;
ALTER TABLE poll_voters ADD COLUMN pseudonym    TEXT    NOT NULL DEFAULT '';
ALTER TABLE poll_voters ADD COLUMN record       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE poll_voters ADD COLUMN added_at     INTEGER NOT NULL DEFAULT 0;
ALTER TABLE poll_voters ADD COLUMN removed_at   INTEGER;
ALTER TABLE poll_voters ADD COLUMN voted_at     INTEGER;
ALTER TABLE poll_voters ADD COLUMN undecided_at INTEGER;
UPDATE poll_voters SET voted_at = (SELECT b.cast_at FROM ballots AS b WHERE b.poll_id = poll_voters.poll_id AND b.voter_id = poll_voters.person_id);

ALTER TABLE ballots ADD COLUMN weight      INTEGER NOT NULL DEFAULT 1 CHECK (weight > 0);
ALTER TABLE ballots ADD COLUMN reason_salt BLOB;
ALTER TABLE ballots ADD COLUMN reasons     TEXT    NOT NULL DEFAULT '';
ALTER TABLE ballots ADD COLUMN cast_by     INTEGER REFERENCES people (id);
ALTER TABLE ballots ADD COLUMN record      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ballot_revisions ADD COLUMN cast_by INTEGER REFERENCES people (id);

-- The box of a secret poll. Nothing here says who, when or in which order: the
-- key is random, and rows lie in the order of the key. A ballot that was changed
-- leaves its code and the key that opened it, and nothing else.
CREATE TABLE ballot_box (
    code         TEXT    PRIMARY KEY CHECK (code <> ''),
    poll_id      INTEGER NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    commitment   BLOB    NOT NULL,
    server_nonce BLOB    NOT NULL,
    choices      TEXT    NOT NULL DEFAULT '',
    weight       INTEGER NOT NULL DEFAULT 1 CHECK (weight > 0),
    reason       TEXT    NOT NULL DEFAULT '',
    reason_html  TEXT    NOT NULL DEFAULT '',
    change_key   BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX ballot_box_of_poll ON ballot_box (poll_id, code);
CREATE UNIQUE INDEX ballot_box_commitments ON ballot_box (poll_id, commitment);

-- The log of a poll: every record holds the hash of the one before.
CREATE TABLE poll_log (
    poll_id INTEGER NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    number  INTEGER NOT NULL CHECK (number > 0),
    content TEXT    NOT NULL,
    hash    BLOB    NOT NULL,
    PRIMARY KEY (poll_id, number)
) STRICT, WITHOUT ROWID;
-- +goose StatementBegin
CREATE TRIGGER poll_log_is_not_changed BEFORE UPDATE ON poll_log
BEGIN
    SELECT RAISE(ABORT, 'the log of a poll is only added to');
END;
-- +goose StatementEnd

-- Keys that sign certificates and receipts. The newest signs; old ones stay, to
-- be checked against.
CREATE TABLE signing_keys (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    public     BLOB    NOT NULL UNIQUE,
    private    BLOB    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Guests of a poll vote by a link of their own, without an account.
CREATE TABLE poll_guests (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    poll_id    INTEGER NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    person_id  INTEGER NOT NULL REFERENCES people (id),
    email      TEXT    NOT NULL CHECK (email = lower(email)),
    token_hash BLOB    NOT NULL UNIQUE,
    weight     INTEGER NOT NULL DEFAULT 1 CHECK (weight > 0),
    invited_by INTEGER REFERENCES people (id),
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    UNIQUE (poll_id, email)
) STRICT;
CREATE INDEX poll_guests_of_person ON poll_guests (person_id);

-- Who was made for an invitation to a poll, and can neither sign in nor join.
ALTER TABLE people ADD COLUMN guest INTEGER NOT NULL DEFAULT 0 CHECK (guest IN (0, 1));

-- Who was named before the opening, where the electorate is named.
CREATE TABLE poll_named (
    poll_id   INTEGER NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES people (id),
    PRIMARY KEY (poll_id, person_id)
) STRICT, WITHOUT ROWID;

-- A member's vote in the hands of another: for one poll, or for all of a group.
CREATE TABLE delegations (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id   INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    poll_id    INTEGER REFERENCES polls (id) ON DELETE CASCADE,
    from_id    INTEGER NOT NULL REFERENCES people (id),
    to_id      INTEGER NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    ended_at   INTEGER,
    CHECK (from_id <> to_id)
) STRICT;
CREATE UNIQUE INDEX delegations_in_force ON delegations (group_id, coalesce(poll_id, 0), from_id) WHERE ended_at IS NULL;
CREATE INDEX delegations_to ON delegations (to_id, group_id) WHERE ended_at IS NULL;

ALTER TABLE memberships ADD COLUMN votes INTEGER NOT NULL DEFAULT 1 CHECK (votes BETWEEN 1 AND 1000000);
ALTER TABLE groups ADD COLUMN proxy_limit INTEGER NOT NULL DEFAULT 0 CHECK (proxy_limit BETWEEN 0 AND 100);

-- Polls of a group to begin from.
CREATE TABLE poll_templates (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id    INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL CHECK (name <> ''),
    description TEXT    NOT NULL DEFAULT '',
    settings    TEXT    NOT NULL,
    position    INTEGER NOT NULL DEFAULT 0,
    created_by  INTEGER REFERENCES people (id),
    created_at  INTEGER NOT NULL,
    edited_at   INTEGER
) STRICT;
CREATE INDEX poll_templates_of_group ON poll_templates (group_id, position, id);

-- Which of the ready-made polls a group does not want to be offered.
CREATE TABLE hidden_templates (
    group_id INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    name     TEXT    NOT NULL,
    PRIMARY KEY (group_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX outcomes_by_time ON outcomes (created_at, id);
CREATE INDEX polls_opening ON polls (opens_at) WHERE state = 'draft' AND opens_at IS NOT NULL;
CREATE INDEX polls_by_log ON polls (log_at, id) WHERE log_at IS NOT NULL;
