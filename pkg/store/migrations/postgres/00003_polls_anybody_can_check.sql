-- +goose Up

-- Polls: who may vote and how, what is kept secret, and the record of it all.
ALTER TABLE polls ADD COLUMN reasons       TEXT    NOT NULL DEFAULT 'optional' CHECK (reasons IN ('off', 'optional', 'required'));
UPDATE polls SET reasons = 'required' WHERE reason_required;
ALTER TABLE polls DROP COLUMN reason_required;
ALTER TABLE polls ADD COLUMN secret        BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE polls ADD COLUMN receipts      TEXT    NOT NULL DEFAULT 'find' CHECK (receipts IN ('find', 'count'));
ALTER TABLE polls ADD COLUMN publish_from  BIGINT NOT NULL DEFAULT 10 CHECK (publish_from >= 10);
ALTER TABLE polls ADD COLUMN shuffle       BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE polls ADD COLUMN undecided     BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE polls ADD COLUMN options_by    TEXT    NOT NULL DEFAULT 'author' CHECK (options_by IN ('author', 'voters'));
ALTER TABLE polls ADD COLUMN collect_until BIGINT;
ALTER TABLE polls ADD COLUMN opens_at      BIGINT;
ALTER TABLE polls ADD COLUMN electorate    TEXT    NOT NULL DEFAULT 'group' CHECK (electorate IN ('group', 'thread', 'named', 'titles'));
ALTER TABLE polls ADD COLUMN titles        TEXT    NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN joins_late    BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE polls ADD COLUMN weighted      BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE polls ADD COLUMN proxies       BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE polls ADD COLUMN voter_weight  BIGINT NOT NULL DEFAULT 0 CHECK (voter_weight >= 0);
UPDATE polls SET voter_weight = voter_count;
ALTER TABLE polls ADD COLUMN lots_secret   BYTEA;
ALTER TABLE polls ADD COLUMN seed          TEXT    NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN log_length    BIGINT NOT NULL DEFAULT 0 CHECK (log_length >= 0);
ALTER TABLE polls ADD COLUMN log_head      BYTEA;
ALTER TABLE polls ADD COLUMN log_at        BIGINT;
ALTER TABLE polls ADD COLUMN certificate   TEXT    NOT NULL DEFAULT '';
ALTER TABLE polls ADD COLUMN signature     BYTEA;
ALTER TABLE polls ADD COLUMN certificates  TEXT    NOT NULL DEFAULT '';

ALTER TABLE poll_options ADD COLUMN description      TEXT    NOT NULL DEFAULT '';
ALTER TABLE poll_options ADD COLUMN description_html TEXT    NOT NULL DEFAULT '';
ALTER TABLE poll_options ADD COLUMN side             TEXT    NOT NULL DEFAULT '' CHECK (side IN ('', 'agree', 'abstain', 'disagree', 'block'));
UPDATE poll_options SET side = label WHERE label IN ('agree', 'abstain', 'disagree', 'block')
    AND poll_id IN (SELECT p.id FROM polls AS p WHERE p.method = 'proposal');
ALTER TABLE poll_options ADD COLUMN reason_prompt    TEXT    NOT NULL DEFAULT '';
ALTER TABLE poll_options ADD COLUMN file_id          BIGINT REFERENCES files (id);
ALTER TABLE poll_options ADD COLUMN starts_at        BIGINT;
ALTER TABLE poll_options ADD COLUMN ends_at          BIGINT;
ALTER TABLE poll_options ADD COLUMN added_by         BIGINT REFERENCES people (id);
ALTER TABLE poll_options ADD COLUMN added_at         BIGINT;

-- The electorate, and in secret polls the roll: who has voted, never how.
-- salt and the person are what a pseudonym in the log is made of.
ALTER TABLE poll_voters ADD COLUMN weight       BIGINT NOT NULL DEFAULT 1 CHECK (weight > 0);
ALTER TABLE poll_voters ADD COLUMN source       TEXT    NOT NULL DEFAULT 'group';
ALTER TABLE poll_voters ADD COLUMN salt         BYTEA;
ALTER TABLE poll_voters ADD COLUMN pseudonym    TEXT    NOT NULL DEFAULT '';
ALTER TABLE poll_voters ADD COLUMN record       BIGINT NOT NULL DEFAULT 0;
ALTER TABLE poll_voters ADD COLUMN added_at     BIGINT NOT NULL DEFAULT 0;
ALTER TABLE poll_voters ADD COLUMN removed_at   BIGINT;
ALTER TABLE poll_voters ADD COLUMN voted_at     BIGINT;
ALTER TABLE poll_voters ADD COLUMN undecided_at BIGINT;
UPDATE poll_voters SET voted_at = (SELECT b.cast_at FROM ballots AS b WHERE b.poll_id = poll_voters.poll_id AND b.voter_id = poll_voters.person_id);

ALTER TABLE ballots ADD COLUMN weight      BIGINT NOT NULL DEFAULT 1 CHECK (weight > 0);
ALTER TABLE ballots ADD COLUMN reason_salt BYTEA;
ALTER TABLE ballots ADD COLUMN reasons     TEXT    NOT NULL DEFAULT '';
ALTER TABLE ballots ADD COLUMN cast_by     BIGINT REFERENCES people (id);
ALTER TABLE ballots ADD COLUMN record      BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ballot_revisions ADD COLUMN cast_by BIGINT REFERENCES people (id);

-- The box of a secret poll. Nothing here says who, when or in which order: the
-- key is random, and rows lie in the order of the key. A ballot that was changed
-- leaves its code and the key that opened it, and nothing else.
CREATE TABLE ballot_box (
    code         TEXT    PRIMARY KEY CHECK (code <> ''),
    poll_id      BIGINT NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    commitment   BYTEA    NOT NULL,
    server_nonce BYTEA    NOT NULL,
    choices      TEXT    NOT NULL DEFAULT '',
    weight       BIGINT NOT NULL DEFAULT 1 CHECK (weight > 0),
    reason       TEXT    NOT NULL DEFAULT '',
    reason_html  TEXT    NOT NULL DEFAULT '',
    change_key   BYTEA
);
CREATE INDEX ballot_box_of_poll ON ballot_box (poll_id, code);
CREATE UNIQUE INDEX ballot_box_commitments ON ballot_box (poll_id, commitment);

-- The log of a poll: every record holds the hash of the one before.
CREATE TABLE poll_log (
    poll_id BIGINT NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    number  BIGINT NOT NULL CHECK (number > 0),
    content TEXT    NOT NULL,
    hash    BYTEA    NOT NULL,
    PRIMARY KEY (poll_id, number)
);
-- +goose StatementBegin
CREATE FUNCTION poll_log_is_not_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log of a poll is only added to';
END $$;
-- +goose StatementEnd
CREATE TRIGGER poll_log_is_not_changed BEFORE UPDATE ON poll_log FOR EACH ROW EXECUTE FUNCTION poll_log_is_not_changed();

-- Keys that sign certificates and receipts. The newest signs; old ones stay, to
-- be checked against.
CREATE TABLE signing_keys (
    id         BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    public     BYTEA    NOT NULL UNIQUE,
    private    BYTEA    NOT NULL,
    created_at BIGINT NOT NULL
);

-- Guests of a poll vote by a link of their own, without an account.
CREATE TABLE poll_guests (
    id         BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    poll_id    BIGINT NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    person_id  BIGINT NOT NULL REFERENCES people (id),
    email      TEXT    NOT NULL CHECK (email = lower(email)),
    token_hash BYTEA    NOT NULL UNIQUE,
    weight     BIGINT NOT NULL DEFAULT 1 CHECK (weight > 0),
    invited_by BIGINT REFERENCES people (id),
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    UNIQUE (poll_id, email)
);
CREATE INDEX poll_guests_of_person ON poll_guests (person_id);

-- Who was made for an invitation to a poll, and can neither sign in nor join.
ALTER TABLE people ADD COLUMN guest BOOLEAN NOT NULL DEFAULT FALSE;

-- Who was named before the opening, where the electorate is named.
CREATE TABLE poll_named (
    poll_id   BIGINT NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    person_id BIGINT NOT NULL REFERENCES people (id),
    PRIMARY KEY (poll_id, person_id)
);

-- A member's vote in the hands of another: for one poll, or for all of a group.
CREATE TABLE delegations (
    id         BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    group_id   BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    poll_id    BIGINT REFERENCES polls (id) ON DELETE CASCADE,
    from_id    BIGINT NOT NULL REFERENCES people (id),
    to_id      BIGINT NOT NULL REFERENCES people (id),
    created_at BIGINT NOT NULL,
    ended_at   BIGINT,
    CHECK (from_id <> to_id)
);
CREATE UNIQUE INDEX delegations_in_force ON delegations (group_id, coalesce(poll_id, 0), from_id) WHERE ended_at IS NULL;
CREATE INDEX delegations_to ON delegations (to_id, group_id) WHERE ended_at IS NULL;

ALTER TABLE memberships ADD COLUMN votes BIGINT NOT NULL DEFAULT 1 CHECK (votes BETWEEN 1 AND 1000000);
ALTER TABLE groups ADD COLUMN proxy_limit BIGINT NOT NULL DEFAULT 0 CHECK (proxy_limit BETWEEN 0 AND 100);

-- Polls of a group to begin from.
CREATE TABLE poll_templates (
    id          BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    group_id    BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL CHECK (name <> ''),
    description TEXT    NOT NULL DEFAULT '',
    settings    TEXT    NOT NULL,
    position    BIGINT NOT NULL DEFAULT 0,
    created_by  BIGINT REFERENCES people (id),
    created_at  BIGINT NOT NULL,
    edited_at   BIGINT
);
CREATE INDEX poll_templates_of_group ON poll_templates (group_id, position, id);

-- Which of the ready-made polls a group does not want to be offered.
CREATE TABLE hidden_templates (
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    name     TEXT    NOT NULL,
    PRIMARY KEY (group_id, name)
);

CREATE INDEX outcomes_by_time ON outcomes (created_at, id);
CREATE INDEX polls_opening ON polls (opens_at) WHERE state = 'draft' AND opens_at IS NOT NULL;
CREATE INDEX polls_by_log ON polls (log_at, id) WHERE log_at IS NOT NULL;
