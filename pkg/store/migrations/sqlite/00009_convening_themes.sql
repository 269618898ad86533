-- +goose Up

-- A theme may stand under an overarching one; may have become part of another; may
-- have been cut out of one; and may be credited to somebody who is not here.
ALTER TABLE themes ADD COLUMN under_id    INTEGER REFERENCES themes (id);
ALTER TABLE themes ADD COLUMN merged_into INTEGER REFERENCES themes (id);
ALTER TABLE themes ADD COLUMN split_from  INTEGER REFERENCES themes (id);
ALTER TABLE themes ADD COLUMN put_by      INTEGER REFERENCES people (id); -- who put it forward for its proposer
ALTER TABLE themes ADD COLUMN credit      TEXT    NOT NULL DEFAULT '';    -- the name of a proposer without an account
CREATE INDEX themes_under       ON themes (under_id) WHERE under_id IS NOT NULL;
CREATE INDEX themes_merged_into ON themes (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX themes_split_from  ON themes (split_from) WHERE split_from IS NOT NULL;
CREATE INDEX themes_of_proposer ON themes (proposer_id, thread_id);
CREATE INDEX themes_by_support  ON themes (thread_id, support_count DESC, id);

-- What is asked of those who put themes forward in a thread. No row asks nothing.
CREATE TABLE theme_rules (
    thread_id           INTEGER PRIMARY KEY REFERENCES threads (id) ON DELETE CASCADE,
    opens_at            INTEGER,
    closes_at           INTEGER,
    themes_per_person   INTEGER NOT NULL DEFAULT 0 CHECK (themes_per_person >= 0),   -- 0 is as many as one likes
    supports_per_person INTEGER NOT NULL DEFAULT 0 CHECK (supports_per_person >= 0), -- 0 is as many as one likes
    changed_by          INTEGER REFERENCES people (id),
    changed_at          INTEGER NOT NULL,
    CHECK (opens_at IS NULL OR closes_at IS NULL OR opens_at < closes_at)
) STRICT;

-- Who else proposes a theme, once they have accepted.
CREATE TABLE theme_proposers (
    theme_id    INTEGER NOT NULL REFERENCES themes (id) ON DELETE CASCADE,
    person_id   INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    asked_by    INTEGER NOT NULL REFERENCES people (id),
    asked_at    INTEGER NOT NULL,
    answer      TEXT    NOT NULL DEFAULT '' CHECK (answer IN ('', 'accepted', 'declined')),
    answered_at INTEGER,
    PRIMARY KEY (theme_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX theme_proposers_of_person ON theme_proposers (person_id, theme_id);

-- Comments on a theme that ask its proposer something.
CREATE TABLE theme_questions (
    comment_id INTEGER PRIMARY KEY REFERENCES comments (id) ON DELETE CASCADE,
    theme_id   INTEGER NOT NULL REFERENCES themes (id) ON DELETE CASCADE,
    answer_id  INTEGER REFERENCES comments (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX theme_questions_of_theme ON theme_questions (theme_id);

-- How a theme becomes part of another, or goes on in another thread: from the
-- suggestion to the end. due_at is when it happens unless a proposer objects.
CREATE TABLE theme_merges (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT    NOT NULL DEFAULT 'merge' CHECK (kind IN ('merge', 'move')),
    theme_id     INTEGER NOT NULL REFERENCES themes (id) ON DELETE CASCADE,
    into_id      INTEGER NOT NULL REFERENCES themes (id) ON DELETE CASCADE,
    state        TEXT    NOT NULL CHECK (state IN ('suggested', 'asked', 'done', 'refused', 'undone')),
    reason       TEXT    NOT NULL DEFAULT '',
    suggested_by INTEGER NOT NULL REFERENCES people (id),
    suggested_at INTEGER NOT NULL,
    due_at       INTEGER,
    decided_by   INTEGER REFERENCES people (id),
    decided_at   INTEGER,
    decision     TEXT    NOT NULL DEFAULT '', -- why it was refused or undone
    state_before TEXT    NOT NULL DEFAULT '', -- of the theme, for taking it back
    CHECK (theme_id <> into_id)
) STRICT;
CREATE UNIQUE INDEX theme_merges_pending ON theme_merges (theme_id) WHERE state IN ('asked', 'done');
CREATE INDEX theme_merges_of_target ON theme_merges (into_id);
CREATE INDEX theme_merges_due ON theme_merges (due_at) WHERE state = 'asked';

-- What proposers and supporters say to it.
CREATE TABLE theme_merge_answers (
    merge_id  INTEGER NOT NULL REFERENCES theme_merges (id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    answer    TEXT    NOT NULL CHECK (answer IN ('agree', 'object')),
    at        INTEGER NOT NULL,
    PRIMARY KEY (merge_id, person_id)
) STRICT, WITHOUT ROWID;

-- Support that came along with a merge goes with it when that is undone.
ALTER TABLE theme_supports ADD COLUMN via_merge INTEGER REFERENCES theme_merges (id);
CREATE INDEX theme_supports_via    ON theme_supports (via_merge) WHERE via_merge IS NOT NULL;
CREATE INDEX theme_supports_person ON theme_supports (person_id, theme_id);

-- Themes that look alike and were judged not to belong together.
CREATE TABLE theme_apart (
    one_id   INTEGER NOT NULL REFERENCES themes (id) ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES themes (id) ON DELETE CASCADE,
    by_id    INTEGER REFERENCES people (id),
    at       INTEGER NOT NULL,
    PRIMARY KEY (one_id, other_id),
    CHECK (one_id < other_id)
) STRICT, WITHOUT ROWID;

-- How long proposers have to object before a merge happens.
ALTER TABLE groups ADD COLUMN merge_hours INTEGER NOT NULL DEFAULT 72 CHECK (merge_hours BETWEEN 1 AND 720);
