-- +goose Up
CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE people (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    handle        TEXT    NOT NULL UNIQUE CHECK (handle = lower(handle) AND handle <> ''),
    name          TEXT    NOT NULL CHECK (name <> ''),
    affiliation   TEXT    NOT NULL DEFAULT '',
    email         TEXT    UNIQUE CHECK (email = lower(email)),
    password_hash TEXT    NOT NULL DEFAULT '',
    administrator INTEGER NOT NULL DEFAULT 0 CHECK (administrator IN (0, 1)),
    imported_from TEXT    UNIQUE,
    linked_to     INTEGER REFERENCES people (id),
    time_zone     TEXT    NOT NULL DEFAULT '',
    language      TEXT    NOT NULL DEFAULT '',
    created_at    INTEGER NOT NULL,
    last_seq      INTEGER NOT NULL DEFAULT 0,
    last_item     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE sessions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash   BLOB    NOT NULL UNIQUE,
    person_id    INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    device       TEXT    NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_person ON sessions (person_id);

CREATE TABLE api_tokens (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash   BLOB    NOT NULL UNIQUE,
    person_id    INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    scopes       TEXT    NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    expires_at   INTEGER
) STRICT;
CREATE INDEX api_tokens_of_person ON api_tokens (person_id);

CREATE TABLE groups (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    handle      TEXT    NOT NULL UNIQUE CHECK (handle = lower(handle) AND handle <> ''),
    name        TEXT    NOT NULL CHECK (name <> ''),
    description TEXT    NOT NULL DEFAULT '',
    visibility  TEXT    NOT NULL CHECK (visibility IN ('public', 'closed', 'secret')),
    created_by  INTEGER REFERENCES people (id),
    created_at  INTEGER NOT NULL,
    last_seq    INTEGER NOT NULL DEFAULT 0,
    last_item   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE memberships (
    group_id   INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    person_id  INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    role       TEXT    NOT NULL CHECK (role IN ('member', 'moderator', 'admin')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_of_person ON memberships (person_id, group_id);

CREATE TABLE invitations (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id   INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    token_hash BLOB    NOT NULL UNIQUE,
    role       TEXT    NOT NULL CHECK (role IN ('member', 'moderator', 'admin')),
    created_by INTEGER NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    max_uses   INTEGER NOT NULL CHECK (max_uses > 0),
    uses       INTEGER NOT NULL DEFAULT 0 CHECK (uses BETWEEN 0 AND max_uses)
) STRICT;
CREATE INDEX invitations_of_group ON invitations (group_id, id);

CREATE TABLE threads (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id         INTEGER NOT NULL REFERENCES groups (id),
    author_id        INTEGER NOT NULL REFERENCES people (id),
    title            TEXT    NOT NULL CHECK (title <> ''),
    body             TEXT    NOT NULL DEFAULT '',
    body_html        TEXT    NOT NULL DEFAULT '',
    markup_version   INTEGER NOT NULL DEFAULT 0,
    visibility       TEXT    NOT NULL CHECK (visibility IN ('public', 'members')),
    version          INTEGER NOT NULL DEFAULT 1,
    created_at       INTEGER NOT NULL,
    edited_at        INTEGER,
    pinned_at        INTEGER,
    closed_at        INTEGER,
    closed_by        INTEGER REFERENCES people (id),
    close_reason     TEXT    NOT NULL DEFAULT '',
    last_activity_at INTEGER NOT NULL,
    comment_count    INTEGER NOT NULL DEFAULT 0 CHECK (comment_count >= 0),
    seen_by_count    INTEGER NOT NULL DEFAULT 0 CHECK (seen_by_count >= 0),
    imported_seen_by INTEGER NOT NULL DEFAULT 0 CHECK (imported_seen_by >= 0),
    imported_from    TEXT,
    last_seq         INTEGER NOT NULL DEFAULT 0,
    last_item        INTEGER NOT NULL DEFAULT 0,
    UNIQUE (group_id, imported_from)
) STRICT;
CREATE INDEX threads_by_activity ON threads (group_id, (CASE WHEN pinned_at IS NULL THEN 0 ELSE 1 END) DESC, last_activity_at DESC, id DESC);
CREATE INDEX threads_recent ON threads (last_activity_at DESC, id DESC);
CREATE INDEX threads_of_author ON threads (author_id, id DESC);

CREATE TABLE thread_tags (
    thread_id INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    tag       TEXT    NOT NULL CHECK (tag <> ''),
    PRIMARY KEY (thread_id, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE thread_versions (
    thread_id INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    version   INTEGER NOT NULL,
    title     TEXT    NOT NULL,
    body      TEXT    NOT NULL,
    editor_id INTEGER NOT NULL REFERENCES people (id),
    at        INTEGER NOT NULL,
    PRIMARY KEY (thread_id, version)
) STRICT, WITHOUT ROWID;

-- The timelines. place and topic_id say whose.
CREATE TABLE events (
    place      TEXT    NOT NULL CHECK (place IN ('thread', 'group', 'person')),
    topic_id   INTEGER NOT NULL,
    seq        INTEGER NOT NULL CHECK (seq > 0),
    item       INTEGER,
    kind       TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    actor_id   INTEGER REFERENCES people (id),
    thread_id  INTEGER REFERENCES threads (id) ON DELETE CASCADE,
    subject_id INTEGER NOT NULL,
    data       TEXT,
    PRIMARY KEY (place, topic_id, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX events_shown ON events (place, topic_id, seq) WHERE item IS NOT NULL;
CREATE INDEX events_by_date ON events (place, topic_id, at, seq) WHERE item IS NOT NULL;

CREATE TABLE read_states (
    thread_id INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    seq       INTEGER NOT NULL,
    item      INTEGER NOT NULL,
    seen_at   INTEGER NOT NULL,
    PRIMARY KEY (thread_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX read_states_of_person ON read_states (person_id, thread_id);

CREATE TABLE themes (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    thread_id        INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    seq              INTEGER NOT NULL,
    proposer_id      INTEGER NOT NULL REFERENCES people (id),
    title            TEXT    NOT NULL CHECK (title <> ''),
    description      TEXT    NOT NULL DEFAULT '',
    description_html TEXT    NOT NULL DEFAULT '',
    markup_version   INTEGER NOT NULL DEFAULT 0,
    state            TEXT    NOT NULL CHECK (state IN ('proposed', 'shortlisted', 'scheduled', 'merged', 'declined', 'withdrawn')),
    state_reason     TEXT    NOT NULL DEFAULT '',
    state_by         INTEGER REFERENCES people (id),
    state_at         INTEGER,
    from_comment_id  INTEGER REFERENCES comments (id),
    quote            TEXT    NOT NULL DEFAULT '',
    version          INTEGER NOT NULL DEFAULT 1,
    created_at       INTEGER NOT NULL,
    edited_at        INTEGER,
    support_count    INTEGER NOT NULL DEFAULT 0 CHECK (support_count >= 0),
    comment_count    INTEGER NOT NULL DEFAULT 0 CHECK (comment_count >= 0),
    UNIQUE (thread_id, seq)
) STRICT;

CREATE TABLE theme_versions (
    theme_id    INTEGER NOT NULL REFERENCES themes (id) ON DELETE CASCADE,
    version     INTEGER NOT NULL,
    title       TEXT    NOT NULL,
    description TEXT    NOT NULL,
    editor_id   INTEGER NOT NULL REFERENCES people (id),
    at          INTEGER NOT NULL,
    PRIMARY KEY (theme_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE theme_supports (
    theme_id   INTEGER NOT NULL REFERENCES themes (id) ON DELETE CASCADE,
    person_id  INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (theme_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE comments (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    thread_id      INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    seq            INTEGER NOT NULL,
    parent_id      INTEGER REFERENCES comments (id),
    theme_id       INTEGER REFERENCES themes (id),
    author_id      INTEGER NOT NULL REFERENCES people (id),
    body           TEXT    NOT NULL DEFAULT '',
    body_html      TEXT    NOT NULL DEFAULT '',
    markup_version INTEGER NOT NULL DEFAULT 0,
    marked_empty   INTEGER NOT NULL DEFAULT 0 CHECK (marked_empty IN (0, 1)),
    version        INTEGER NOT NULL DEFAULT 1,
    created_at     INTEGER NOT NULL,
    edited_at      INTEGER,
    deleted_at     INTEGER,
    deleted_by     INTEGER REFERENCES people (id),
    reply_count    INTEGER NOT NULL DEFAULT 0 CHECK (reply_count >= 0),
    UNIQUE (thread_id, seq)
) STRICT;
CREATE INDEX comments_of_author ON comments (author_id, id DESC);
CREATE INDEX comments_of_theme ON comments (theme_id, id) WHERE theme_id IS NOT NULL;
CREATE INDEX comments_replies ON comments (parent_id, id) WHERE parent_id IS NOT NULL;

CREATE TABLE comment_versions (
    comment_id INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    version    INTEGER NOT NULL,
    body       TEXT    NOT NULL,
    editor_id  INTEGER NOT NULL REFERENCES people (id),
    at         INTEGER NOT NULL,
    PRIMARY KEY (comment_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE reactions (
    comment_id INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    person_id  INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    emoji      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (comment_id, emoji, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE mentions (
    person_id  INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    comment_id INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, comment_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_in_comment ON mentions (comment_id);

CREATE TABLE files (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id    INTEGER NOT NULL REFERENCES people (id),
    thread_id   INTEGER REFERENCES threads (id) ON DELETE CASCADE,
    name        TEXT    NOT NULL CHECK (name <> ''),
    media_type  TEXT    NOT NULL,
    size        INTEGER NOT NULL CHECK (size >= 0),
    width       INTEGER NOT NULL DEFAULT 0,
    height      INTEGER NOT NULL DEFAULT 0,
    sha256      TEXT    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX files_of_thread ON files (thread_id, id);

CREATE TABLE polls (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    thread_id       INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    author_id       INTEGER NOT NULL REFERENCES people (id),
    title           TEXT    NOT NULL CHECK (title <> ''),
    details         TEXT    NOT NULL DEFAULT '',
    details_html    TEXT    NOT NULL DEFAULT '',
    markup_version  INTEGER NOT NULL DEFAULT 0,
    method          TEXT    NOT NULL,
    rules           TEXT    NOT NULL,
    results         TEXT    NOT NULL CHECK (results IN ('always', 'after_vote', 'at_close')),
    reason_required INTEGER NOT NULL DEFAULT 0 CHECK (reason_required IN (0, 1)),
    state           TEXT    NOT NULL CHECK (state IN ('draft', 'open', 'closed')),
    created_at      INTEGER NOT NULL,
    edited_at       INTEGER,
    opened_at       INTEGER,
    closes_at       INTEGER,
    closed_at       INTEGER,
    closed_by       INTEGER REFERENCES people (id),
    voter_count     INTEGER NOT NULL DEFAULT 0 CHECK (voter_count >= 0),
    ballot_count    INTEGER NOT NULL DEFAULT 0 CHECK (ballot_count >= 0),
    result          TEXT,
    CHECK ((state = 'draft') = (opened_at IS NULL)),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
) STRICT;
CREATE INDEX polls_of_thread ON polls (thread_id, id);
CREATE INDEX polls_open ON polls (closes_at) WHERE state = 'open';

CREATE TABLE poll_options (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    poll_id  INTEGER NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 0),
    label    TEXT    NOT NULL CHECK (label <> ''),
    theme_id INTEGER REFERENCES themes (id),
    UNIQUE (poll_id, position)
) STRICT;
CREATE INDEX poll_options_of_theme ON poll_options (theme_id) WHERE theme_id IS NOT NULL;

CREATE TABLE poll_voters (
    poll_id   INTEGER NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES people (id),
    PRIMARY KEY (poll_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX poll_voters_by_person ON poll_voters (person_id, poll_id);

CREATE TABLE poll_reminders (
    poll_id INTEGER NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    at      INTEGER NOT NULL,
    sent_at INTEGER,
    PRIMARY KEY (poll_id, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE ballots (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    poll_id     INTEGER NOT NULL,
    voter_id    INTEGER NOT NULL,
    choices     TEXT    NOT NULL,
    reason      TEXT    NOT NULL DEFAULT '',
    reason_html TEXT    NOT NULL DEFAULT '',
    revision    INTEGER NOT NULL CHECK (revision > 0),
    receipt     TEXT    NOT NULL UNIQUE,
    cast_at     INTEGER NOT NULL,
    UNIQUE (poll_id, voter_id),
    FOREIGN KEY (poll_id, voter_id) REFERENCES poll_voters (poll_id, person_id) ON DELETE CASCADE
) STRICT;

CREATE TABLE ballot_revisions (
    ballot_id INTEGER NOT NULL REFERENCES ballots (id) ON DELETE CASCADE,
    revision  INTEGER NOT NULL,
    choices   TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    cast_at   INTEGER NOT NULL,
    PRIMARY KEY (ballot_id, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcomes (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    poll_id        INTEGER NOT NULL UNIQUE REFERENCES polls (id) ON DELETE CASCADE,
    author_id      INTEGER NOT NULL REFERENCES people (id),
    statement      TEXT    NOT NULL CHECK (statement <> ''),
    statement_html TEXT    NOT NULL,
    markup_version INTEGER NOT NULL DEFAULT 0,
    review_on      TEXT,
    version        INTEGER NOT NULL DEFAULT 1,
    created_at     INTEGER NOT NULL,
    edited_at      INTEGER
) STRICT;

CREATE TABLE once_keys (
    person_id  INTEGER NOT NULL,
    key        TEXT    NOT NULL,
    scope      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    status     INTEGER,
    location   TEXT,
    media_type TEXT,
    body       TEXT,
    PRIMARY KEY (person_id, key, scope)
) STRICT, WITHOUT ROWID;
CREATE INDEX once_keys_by_age ON once_keys (created_at);

