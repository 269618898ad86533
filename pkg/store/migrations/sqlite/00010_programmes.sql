-- +goose Up

-- The programme of an event. It stands in a thread, whose readers are its readers.
-- Days and times are those of the clock on the wall in time_zone.
CREATE TABLE programmes (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    thread_id       INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    title           TEXT    NOT NULL CHECK (title <> ''),
    description     TEXT    NOT NULL DEFAULT '', -- Markdown
    description_html TEXT   NOT NULL DEFAULT '',
    place           TEXT    NOT NULL DEFAULT '',
    link            TEXT    NOT NULL DEFAULT '',
    time_zone       TEXT    NOT NULL CHECK (time_zone <> ''),
    template        TEXT    NOT NULL CHECK (template IN ('assembly', 'open_space', 'congress', 'meeting')),
    takes_proposals INTEGER NOT NULL DEFAULT 0 CHECK (takes_proposals IN (0, 1)), -- members propose sessions
    takes_signups   INTEGER NOT NULL DEFAULT 1 CHECK (takes_signups IN (0, 1)),
    revision        INTEGER NOT NULL DEFAULT 1, -- grows with each change of anything in it
    published       INTEGER NOT NULL DEFAULT 0, -- the newest published version; 0 before the first
    cancelled_at    INTEGER,
    cancel_reason   TEXT    NOT NULL DEFAULT '',
    created_by      INTEGER NOT NULL REFERENCES people (id),
    created_at      INTEGER NOT NULL,
    edited_at       INTEGER
) STRICT;
CREATE INDEX programmes_of_thread ON programmes (thread_id, id);

CREATE TABLE programme_days (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    programme_id INTEGER NOT NULL REFERENCES programmes (id) ON DELETE CASCADE,
    day          TEXT    NOT NULL CHECK (length(day) = 10), -- 2026-06-20
    title        TEXT    NOT NULL DEFAULT '',
    UNIQUE (programme_id, day)
) STRICT;

CREATE TABLE programme_rooms (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    programme_id INTEGER NOT NULL REFERENCES programmes (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL CHECK (name <> ''),
    capacity     INTEGER NOT NULL DEFAULT 0 CHECK (capacity >= 0), -- seats; 0 where unknown
    link         TEXT    NOT NULL DEFAULT '',
    note         TEXT    NOT NULL DEFAULT '', -- how to get there, step-free or not
    position     INTEGER NOT NULL,
    UNIQUE (programme_id, name)
) STRICT;

-- Slots are stretches of a day. Minutes count from the midnight that begins the
-- day; those from 1440 on are in the night after it.
CREATE TABLE programme_slots (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    programme_id INTEGER NOT NULL REFERENCES programmes (id) ON DELETE CASCADE,
    day_id       INTEGER NOT NULL REFERENCES programme_days (id) ON DELETE CASCADE,
    title        TEXT    NOT NULL DEFAULT '',
    starts       INTEGER NOT NULL CHECK (starts BETWEEN 0 AND 1439),
    ends         INTEGER NOT NULL CHECK (ends > starts AND ends <= 2160),
    pause        INTEGER NOT NULL DEFAULT 0 CHECK (pause IN (0, 1)), -- lunch, a break: nothing is placed in it
    UNIQUE (day_id, starts)
) STRICT;
CREATE INDEX programme_slots_of_programme ON programme_slots (programme_id);

-- Sessions fill slots. Within a slot and room they follow one another by position,
-- unless begins says at which minute after the slot's beginning.
CREATE TABLE programme_sessions (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    programme_id     INTEGER NOT NULL REFERENCES programmes (id) ON DELETE CASCADE,
    title            TEXT    NOT NULL CHECK (title <> ''),
    description      TEXT    NOT NULL DEFAULT '', -- Markdown
    description_html TEXT    NOT NULL DEFAULT '',
    notes            TEXT    NOT NULL DEFAULT '', -- Markdown, of what was said
    notes_html       TEXT    NOT NULL DEFAULT '',
    state            TEXT    NOT NULL CHECK (state IN ('draft', 'proposed', 'confirmed', 'cancelled')),
    state_reason     TEXT    NOT NULL DEFAULT '',
    slot_id          INTEGER REFERENCES programme_slots (id) ON DELETE SET NULL,
    room_id          INTEGER REFERENCES programme_rooms (id) ON DELETE SET NULL,
    begins           INTEGER CHECK (begins >= 0), -- minutes after the slot's beginning; NULL for after the one before
    minutes          INTEGER CHECK (minutes > 0), -- planned; NULL for as long as the slot
    started_at       INTEGER, -- of an item of an agenda; NULL while it has not begun
    minutes_taken    INTEGER CHECK (minutes_taken >= 0),
    others_came      INTEGER CHECK (others_came >= 0), -- without signing up; NULL where nobody has counted
    position         INTEGER NOT NULL DEFAULT 0,
    capacity         INTEGER NOT NULL DEFAULT 0 CHECK (capacity >= 0), -- 0 for as many as the room seats
    thread_id        INTEGER REFERENCES threads (id) ON DELETE SET NULL, -- its own discussion
    proposed_by      INTEGER NOT NULL REFERENCES people (id),
    put_forward      INTEGER NOT NULL DEFAULT 0 CHECK (put_forward IN (0, 1)), -- by a reader of the programme: known before it is published
    published        INTEGER NOT NULL DEFAULT 0, -- the newest published version that it stands in
    version          INTEGER NOT NULL DEFAULT 1,
    created_at       INTEGER NOT NULL,
    edited_at        INTEGER
) STRICT;
CREATE INDEX programme_sessions_of_programme ON programme_sessions (programme_id, id);
CREATE INDEX programme_sessions_of_slot ON programme_sessions (slot_id) WHERE slot_id IS NOT NULL;
CREATE UNIQUE INDEX programme_sessions_of_thread ON programme_sessions (thread_id) WHERE thread_id IS NOT NULL;

CREATE TABLE programme_session_themes (
    session_id INTEGER NOT NULL REFERENCES programme_sessions (id) ON DELETE CASCADE,
    theme_id   INTEGER NOT NULL REFERENCES themes (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (session_id, theme_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX programme_session_themes_of_theme ON programme_session_themes (theme_id);

-- Speakers and hosts: members, or people who are only named.
CREATE TABLE programme_session_people (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id  INTEGER NOT NULL REFERENCES programme_sessions (id) ON DELETE CASCADE,
    part        TEXT    NOT NULL CHECK (part IN ('speaker', 'host')),
    person_id   INTEGER REFERENCES people (id) ON DELETE SET NULL,
    name        TEXT    NOT NULL DEFAULT '', -- of somebody without an account
    affiliation TEXT    NOT NULL DEFAULT '',
    position    INTEGER NOT NULL DEFAULT 0,
    CHECK (person_id IS NOT NULL OR name <> '')
) STRICT;
CREATE INDEX programme_session_people_of_session ON programme_session_people (session_id, id);
CREATE INDEX programme_session_people_of_person ON programme_session_people (person_id) WHERE person_id IS NOT NULL;

CREATE TABLE programme_material (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id INTEGER NOT NULL REFERENCES programme_sessions (id) ON DELETE CASCADE,
    title      TEXT    NOT NULL CHECK (title <> ''),
    link       TEXT    NOT NULL CHECK (link <> ''), -- an address of the web, or of a file here
    position   INTEGER NOT NULL DEFAULT 0,
    added_by   INTEGER REFERENCES people (id),
    added_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX programme_material_of_session ON programme_material (session_id, id);

-- Each publication: the programme as it was then, as JSON, and what it changed.
CREATE TABLE programme_versions (
    programme_id INTEGER NOT NULL REFERENCES programmes (id) ON DELETE CASCADE,
    version      INTEGER NOT NULL CHECK (version > 0),
    revision     INTEGER NOT NULL,
    title        TEXT    NOT NULL, -- of the programme then
    note         TEXT    NOT NULL DEFAULT '',
    snapshot     TEXT    NOT NULL,
    changes      TEXT    NOT NULL DEFAULT '[]',
    by_id        INTEGER NOT NULL REFERENCES people (id),
    at           INTEGER NOT NULL,
    told_to      INTEGER, -- how far telling those signed up has come, by the people's ids; NULL when done
    PRIMARY KEY (programme_id, version)
) STRICT, WITHOUT ROWID;

-- Who comes to a session. Those who wait move up in the order in which they came.
CREATE TABLE programme_signups (
    session_id INTEGER NOT NULL REFERENCES programme_sessions (id) ON DELETE CASCADE,
    person_id  INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    place      INTEGER NOT NULL, -- in the order of coming: 1, 2, 3 …
    waiting    INTEGER NOT NULL DEFAULT 0 CHECK (waiting IN (0, 1)),
    at         INTEGER NOT NULL,
    came       INTEGER CHECK (came IN (0, 1)), -- NULL where nobody has looked
    came_by    INTEGER REFERENCES people (id),
    PRIMARY KEY (session_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX programme_signups_of_person ON programme_signups (person_id, session_id);
CREATE INDEX programme_signups_in_order ON programme_signups (session_id, waiting, place);

-- What is to be told of a programme to those who come: the letters are written some
-- at a time, after what they tell of.
CREATE TABLE programme_tellings (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    programme_id INTEGER NOT NULL REFERENCES programmes (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL,
    version      INTEGER NOT NULL DEFAULT 0, -- that was published
    since        INTEGER NOT NULL DEFAULT 0, -- the version that they know
    by_id        INTEGER REFERENCES people (id),
    created_at   INTEGER NOT NULL,
    told_to      INTEGER NOT NULL DEFAULT 0 -- the people in the order of their ids
) STRICT;
CREATE INDEX programme_tellings_of_programme ON programme_tellings (programme_id, id);

-- Private addresses of a person's own calendar of a programme.
CREATE TABLE programme_calendars (
    programme_id INTEGER NOT NULL REFERENCES programmes (id) ON DELETE CASCADE,
    person_id    INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    token        TEXT    NOT NULL UNIQUE,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (programme_id, person_id)
) STRICT, WITHOUT ROWID;

-- The programme of which a thread is the discussion of one session. Lists of
-- threads leave those out; the programme leads to them.
ALTER TABLE threads ADD COLUMN session_of INTEGER REFERENCES programmes (id) ON DELETE SET NULL;
CREATE INDEX threads_of_sessions ON threads (session_of) WHERE session_of IS NOT NULL;
