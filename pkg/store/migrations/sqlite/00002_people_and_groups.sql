-- +goose Up

-- People: what else is known of an account, and what has become of it.
ALTER TABLE people ADD COLUMN pronouns           TEXT    NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN picture            TEXT    NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN email_confirmed_at INTEGER;
ALTER TABLE people ADD COLUMN waiting_since      INTEGER;
ALTER TABLE people ADD COLUMN sign_up_note       TEXT    NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN disabled_at        INTEGER;
ALTER TABLE people ADD COLUMN disabled_by        INTEGER REFERENCES people (id);
ALTER TABLE people ADD COLUMN disabled_reason    TEXT    NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN erased_at          INTEGER;
ALTER TABLE people ADD COLUMN totp_secret        TEXT    NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN totp_since         INTEGER;
ALTER TABLE people ADD COLUMN totp_last_step     INTEGER NOT NULL DEFAULT 0;
CREATE INDEX people_waiting ON people (waiting_since) WHERE waiting_since IS NOT NULL;

-- Handles that people and groups had before; their addresses lead on.
CREATE TABLE old_handles (
    kind       TEXT    NOT NULL CHECK (kind IN ('person', 'group')),
    handle     TEXT    NOT NULL CHECK (handle = lower(handle) AND handle <> ''),
    target_id  INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (kind, handle)
) STRICT, WITHOUT ROWID;
CREATE INDEX old_handles_of_target ON old_handles (kind, target_id);

-- Providers of sign-in by OpenID Connect, of the whole forum or of one group.
CREATE TABLE providers (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id      INTEGER REFERENCES groups (id) ON DELETE CASCADE,
    name          TEXT    NOT NULL CHECK (name <> ''),
    issuer        TEXT    NOT NULL CHECK (issuer <> ''),
    client_id     TEXT    NOT NULL CHECK (client_id <> ''),
    client_secret TEXT    NOT NULL DEFAULT '',
    created_by    INTEGER REFERENCES people (id),
    created_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX providers_of_group ON providers (group_id) WHERE group_id IS NOT NULL;

CREATE TABLE identities (
    provider_id  INTEGER NOT NULL REFERENCES providers (id) ON DELETE CASCADE,
    subject      TEXT    NOT NULL CHECK (subject <> ''),
    person_id    INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    email        TEXT    NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    PRIMARY KEY (provider_id, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_of_person ON identities (person_id);

-- How a session was opened, and when its person last proved who they are.
ALTER TABLE sessions   ADD COLUMN method      TEXT    NOT NULL DEFAULT 'password';
ALTER TABLE sessions   ADD COLUMN provider_id INTEGER REFERENCES providers (id) ON DELETE CASCADE;
ALTER TABLE sessions   ADD COLUMN proved_at   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE api_tokens ADD COLUMN provider_id INTEGER REFERENCES providers (id) ON DELETE CASCADE;

CREATE TABLE passkeys (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id     INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    credential_id BLOB    NOT NULL UNIQUE,
    credential    TEXT    NOT NULL,
    name          TEXT    NOT NULL CHECK (name <> ''),
    created_at    INTEGER NOT NULL,
    last_used_at  INTEGER
) STRICT;
CREATE INDEX passkeys_of_person ON passkeys (person_id);

CREATE TABLE recovery_codes (
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    code_hash BLOB    NOT NULL,
    used_at   INTEGER,
    PRIMARY KEY (person_id, code_hash)
) STRICT, WITHOUT ROWID;

-- Links and codes that were sent to an address. Both open the same door, once.
CREATE TABLE mail_codes (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    purpose      TEXT    NOT NULL CHECK (purpose IN ('sign_in', 'sign_up', 'old_email', 'new_email')),
    email        TEXT    NOT NULL CHECK (email = lower(email)),
    person_id    INTEGER REFERENCES people (id) ON DELETE CASCADE,
    token_hash   BLOB    NOT NULL UNIQUE,
    code_hash    BLOB    NOT NULL,
    browser_hash BLOB,
    next         TEXT    NOT NULL DEFAULT '',
    tries        INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER
) STRICT;
CREATE INDEX mail_codes_of_email ON mail_codes (email, id);
CREATE INDEX mail_codes_by_age ON mail_codes (expires_at);

-- A change of address waits here until both addresses have agreed.
CREATE TABLE email_changes (
    person_id        INTEGER PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    new_email        TEXT    NOT NULL CHECK (new_email = lower(new_email)),
    old_confirmed_at INTEGER,
    new_confirmed_at INTEGER,
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL
) STRICT;

-- What was begun in a browser and waits for its next step: a passkey's
-- challenge, a second factor, the way back from a provider.
CREATE TABLE flows (
    token_hash BLOB    PRIMARY KEY,
    kind       TEXT    NOT NULL,
    person_id  INTEGER REFERENCES people (id) ON DELETE CASCADE,
    data       TEXT    NOT NULL DEFAULT '',
    tries      INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX flows_by_age ON flows (expires_at);

-- Mail that is to be sent. The words are made when it is sent; args are
-- forgotten once it was.
CREATE TABLE mails (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind       TEXT    NOT NULL CHECK (kind <> ''),
    address    TEXT    NOT NULL CHECK (address <> ''),
    name       TEXT    NOT NULL DEFAULT '',
    person_id  INTEGER REFERENCES people (id) ON DELETE CASCADE,
    language   TEXT    NOT NULL DEFAULT '',
    args       TEXT    NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    sent_at    INTEGER,
    failed_at  INTEGER,
    attempts   INTEGER NOT NULL DEFAULT 0,
    problem    TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX mails_by_age ON mails (created_at);

-- Groups: where they stand, who may come in, what members may do.
ALTER TABLE groups ADD COLUMN parent_id        INTEGER REFERENCES groups (id);
ALTER TABLE groups ADD COLUMN inherits_members INTEGER NOT NULL DEFAULT 0 CHECK (inherits_members IN (0, 1));
ALTER TABLE groups ADD COLUMN joining          TEXT    NOT NULL DEFAULT 'invitation' CHECK (joining IN ('open', 'request', 'invitation'));
ALTER TABLE groups ADD COLUMN join_question    TEXT    NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN permissions      TEXT    NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN on_erasure       TEXT    NOT NULL DEFAULT 'keep' CHECK (on_erasure IN ('keep', 'remove'));
ALTER TABLE groups ADD COLUMN only_provider_id INTEGER REFERENCES providers (id);
ALTER TABLE groups ADD COLUMN picture          TEXT    NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN askers_told_at   INTEGER;
UPDATE groups SET joining = 'open' WHERE visibility = 'public';
CREATE INDEX groups_of_parent ON groups (parent_id) WHERE parent_id IS NOT NULL;

ALTER TABLE memberships ADD COLUMN title     TEXT    NOT NULL DEFAULT '';
ALTER TABLE memberships ADD COLUMN delegate  INTEGER NOT NULL DEFAULT 0 CHECK (delegate IN (0, 1));
ALTER TABLE memberships ADD COLUMN inherited INTEGER NOT NULL DEFAULT 0 CHECK (inherited IN (0, 1));

CREATE TABLE bans (
    group_id   INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    person_id  INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    reason     TEXT    NOT NULL CHECK (reason <> ''),
    banned_by  INTEGER REFERENCES people (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bans_of_person ON bans (person_id);

CREATE TABLE join_requests (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id   INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    person_id  INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    question   TEXT    NOT NULL DEFAULT '',
    answer     TEXT    NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    decision   TEXT    NOT NULL DEFAULT '' CHECK (decision IN ('', 'approved', 'declined', 'withdrawn')),
    decided_by INTEGER REFERENCES people (id),
    decided_at INTEGER,
    note       TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX join_requests_waiting ON join_requests (group_id, person_id) WHERE decision = '';
CREATE INDEX join_requests_of_person ON join_requests (person_id);

-- Invitations to one address, and into one thread as a guest.
ALTER TABLE invitations ADD COLUMN email       TEXT    NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN thread_id   INTEGER REFERENCES threads (id) ON DELETE CASCADE;
ALTER TABLE invitations ADD COLUMN sent_at     INTEGER;
ALTER TABLE invitations ADD COLUMN reminded_at INTEGER;
ALTER TABLE invitations ADD COLUMN reminders   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE invitations ADD COLUMN accepted_by INTEGER REFERENCES people (id);
ALTER TABLE invitations ADD COLUMN accepted_at INTEGER;
ALTER TABLE invitations ADD COLUMN name        TEXT    NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN message     TEXT    NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN remind      INTEGER NOT NULL DEFAULT 0 CHECK (remind IN (0, 1));
CREATE INDEX invitations_of_email ON invitations (group_id, email) WHERE email <> '';
CREATE INDEX invitations_of_thread ON invitations (thread_id) WHERE thread_id IS NOT NULL;
CREATE INDEX invitations_to_remind ON invitations (sent_at) WHERE remind = 1 AND reminders = 0 AND accepted_at IS NULL AND revoked_at IS NULL;

-- Groups below, into which an invitation leads as well.
CREATE TABLE invitation_groups (
    invitation_id INTEGER NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    group_id      INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    PRIMARY KEY (invitation_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX invitation_groups_of_group ON invitation_groups (group_id);

-- The groups that a thread is shown in, its home among them.
CREATE TABLE thread_groups (
    thread_id  INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    group_id   INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    shared_by  INTEGER REFERENCES people (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (thread_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_groups_of_group ON thread_groups (group_id, thread_id);
INSERT INTO thread_groups (thread_id, group_id, created_at) SELECT id, group_id, created_at FROM threads;

CREATE TABLE thread_guests (
    thread_id  INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    person_id  INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    invited_by INTEGER REFERENCES people (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (thread_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_guests_of_person ON thread_guests (person_id, thread_id);

-- By what the person was named in a comment: empty for their own handle.
ALTER TABLE mentions ADD COLUMN through TEXT NOT NULL DEFAULT '';

-- What people were given of their own data. The file is in the folder of files
-- until it expires; while made_at is missing it is being made.
CREATE TABLE exports (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id  INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    asked_at   INTEGER NOT NULL,
    made_at    INTEGER,
    expires_at INTEGER NOT NULL,
    sha256     TEXT    NOT NULL DEFAULT '',
    size       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX exports_of_person ON exports (person_id, id);
CREATE INDEX exports_by_age ON exports (expires_at);
