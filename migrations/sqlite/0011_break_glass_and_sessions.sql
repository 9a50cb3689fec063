-- Sealed accounts for when nobody else can get in.
CREATE TABLE break_glass (
    identity_id BLOB NOT NULL PRIMARY KEY REFERENCES identities (id),
    state TEXT NOT NULL,
    -- How long a session lasts.
    minutes INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    -- Who asked for the link by which the password was last chosen; none for an operator of the installation.
    sealed_by BLOB REFERENCES identities (id),
    sealed_at TEXT
) STRICT;

-- Each use of one, until somebody has looked at it.
CREATE TABLE break_glass_uses (
    id BLOB NOT NULL PRIMARY KEY,
    identity_id BLOB NOT NULL REFERENCES identities (id),
    credential_id BLOB NOT NULL REFERENCES credentials (id),
    sealed_by BLOB REFERENCES identities (id),
    reason TEXT NOT NULL,
    address TEXT NOT NULL,
    began_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    closed_at TEXT,
    closed_by TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX break_glass_uses_open ON break_glass_uses (id) WHERE closed_at IS NULL;
CREATE INDEX break_glass_uses_ends ON break_glass_uses (ends_at);

-- How long sessions last, by portal role. Who holds several has the strictest of each.
CREATE TABLE session_limits (
    role TEXT NOT NULL PRIMARY KEY,
    overall_minutes INTEGER NOT NULL,
    idle_minutes INTEGER NOT NULL
) STRICT;
INSERT INTO session_limits (role, overall_minutes, idle_minutes)
VALUES ('employee', 1440, 60), ('manager', 1440, 60), ('auditor', 1440, 60), ('admin', 1440, 60);

-- From where a session was last used.
ALTER TABLE portal_sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';

-- Forms that came after the session had run out, sealed, the last one of each person.
CREATE TABLE drafts (
    identity_id BLOB NOT NULL PRIMARY KEY REFERENCES identities (id),
    path TEXT NOT NULL,
    sealed BLOB NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
