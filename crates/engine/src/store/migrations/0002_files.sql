-- Files of sound. `path` is what the system calls them, which need not be text; `modified` is nanoseconds since 1970.
-- `audio` is the hash of the encoded sound, which finds a file again that was moved or got other tags.
-- `problem` says why it could not be read; `problem_version` is the recipe of analysis that failed.
-- `tags` is the JSON of what the file says about itself: what the catalogue has no place for, such as lyrics and gain.
CREATE TABLE file (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    track INTEGER REFERENCES track (id),
    audio BLOB,
    problem TEXT,
    problem_version INTEGER,
    tags TEXT NOT NULL
) STRICT;

CREATE INDEX file_by_track ON file (track) WHERE track IS NOT NULL;
