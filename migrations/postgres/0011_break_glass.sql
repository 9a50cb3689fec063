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
