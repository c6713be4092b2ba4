-- The ground state: what no computation can bring back.
-- Times are milliseconds since 1970, ids are dense row numbers from 0, one sequence per kind.

-- "SEGU": tells our databases from those of other programs.
PRAGMA application_id = 1397049173;

CREATE TABLE listener (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE artist (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE release (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    artist INTEGER REFERENCES artist (id),
    kind TEXT,
    date TEXT
) STRICT;

CREATE TABLE track (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    release INTEGER REFERENCES release (id),
    duration_ms INTEGER,
    date TEXT,
    explicit INTEGER
) STRICT;

CREATE TABLE track_artist (
    track INTEGER NOT NULL REFERENCES track (id),
    position INTEGER NOT NULL,
    artist INTEGER NOT NULL REFERENCES artist (id),
    PRIMARY KEY (track, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE tag (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL
) STRICT;

CREATE TABLE track_tag (
    track INTEGER NOT NULL REFERENCES track (id),
    tag INTEGER NOT NULL REFERENCES tag (id),
    weight REAL NOT NULL,
    PRIMARY KEY (track, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE artist_tag (
    artist INTEGER NOT NULL REFERENCES artist (id),
    tag INTEGER NOT NULL REFERENCES tag (id),
    weight REAL NOT NULL,
    PRIMARY KEY (artist, tag)
) STRICT, WITHOUT ROWID;

-- The numbers of `music::Sound` as one JSON object, so that a new number needs no new column.
CREATE TABLE track_sound (
    track INTEGER PRIMARY KEY REFERENCES track (id),
    sound TEXT NOT NULL
) STRICT;

CREATE TABLE playlist (
    id INTEGER PRIMARY KEY,
    owner INTEGER NOT NULL REFERENCES listener (id)
) STRICT;

-- `kind` is 'track', 'artist', 'release' or 'playlist'; `space` and `value` are those of `music::ExternalId`.
CREATE TABLE external_id (
    kind TEXT NOT NULL,
    space TEXT NOT NULL,
    value TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (kind, space, value)
) STRICT, WITHOUT ROWID;

-- The log. AUTOINCREMENT: a `seq` is never given twice, even after an erasure, so a reader may resume from one.
-- `playlist` is set where the event is a step in that playlist's history.
-- `prompt` and `context` are the JSON forms of `music::Prompt` and `music::Context`; an unknown context is NULL.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key BLOB NOT NULL UNIQUE,
    listener INTEGER NOT NULL REFERENCES listener (id),
    at INTEGER NOT NULL,
    playlist INTEGER REFERENCES playlist (id),
    prompt TEXT NOT NULL,
    context TEXT
) STRICT;

CREATE INDEX event_by_listener ON event (listener, seq);
CREATE INDEX event_by_playlist ON event (playlist, seq) WHERE playlist IS NOT NULL;

CREATE TABLE account (
    name TEXT PRIMARY KEY,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    listener INTEGER NOT NULL REFERENCES listener (id),
    created INTEGER NOT NULL
) STRICT;

-- Only the BLAKE3 hash of a token is here; the token itself is shown once and kept nowhere.
CREATE TABLE token (
    hash BLOB PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER
) STRICT;

CREATE INDEX token_by_account ON token (account);
