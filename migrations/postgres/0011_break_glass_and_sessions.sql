-- Sealed accounts for when nobody else can get in.
CREATE TABLE break_glass (
    identity_id UUID PRIMARY KEY REFERENCES identities (id),
    state TEXT COLLATE "C" NOT NULL,
    -- How long a session lasts.
    minutes BIGINT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    -- Who asked for the link by which the password was last chosen; none for an operator of the installation.
    sealed_by UUID REFERENCES identities (id),
    sealed_at TIMESTAMPTZ
);

-- Each use of one, until somebody has looked at it.
CREATE TABLE break_glass_uses (
    id UUID PRIMARY KEY,
    identity_id UUID NOT NULL REFERENCES identities (id),
    credential_id UUID NOT NULL REFERENCES credentials (id),
    sealed_by UUID REFERENCES identities (id),
    reason TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    began_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ,
    closed_by TEXT COLLATE "C" NOT NULL DEFAULT '',
    note TEXT COLLATE "C" NOT NULL DEFAULT ''
);
CREATE INDEX break_glass_uses_open ON break_glass_uses (id) WHERE closed_at IS NULL;
CREATE INDEX break_glass_uses_ends ON break_glass_uses (ends_at);

-- How long sessions last, by portal role. Who holds several has the strictest of each.
CREATE TABLE session_limits (
    role TEXT COLLATE "C" PRIMARY KEY,
    overall_minutes BIGINT NOT NULL,
    idle_minutes BIGINT NOT NULL
);
INSERT INTO session_limits (role, overall_minutes, idle_minutes)
VALUES ('employee', 1440, 60), ('manager', 1440, 60), ('auditor', 1440, 60), ('admin', 1440, 60);

-- From where a session was last used.
ALTER TABLE portal_sessions ADD COLUMN address TEXT COLLATE "C" NOT NULL DEFAULT '';

-- Forms that came after the session had run out, sealed, the last one of each person.
CREATE TABLE drafts (
    identity_id UUID PRIMARY KEY REFERENCES identities (id),
    path TEXT COLLATE "C" NOT NULL,
    sealed BYTEA NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
