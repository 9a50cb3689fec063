-- Mail to people: the outbox, written in the transaction of what is told.
CREATE TABLE mails (
    id UUID PRIMARY KEY,
    identity_id UUID NOT NULL REFERENCES identities (id),
    kind TEXT COLLATE "C" NOT NULL,
    -- The address, as it was when it was written.
    recipient TEXT COLLATE "C" NOT NULL,
    -- Each mail once: who owes the same again owes nothing.
    once TEXT COLLATE "C" NOT NULL UNIQUE,
    -- What it says, sealed; gone when it is not needed any more.
    facts BYTEA,
    state TEXT COLLATE "C" NOT NULL,
    -- How often the server asked to come back later with this one.
    failures INTEGER NOT NULL DEFAULT 0,
    next_at TIMESTAMPTZ NOT NULL,
    -- From when it is of no use: its link is dead.
    void_at TIMESTAMPTZ,
    said TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMPTZ NOT NULL,
    settled_at TIMESTAMPTZ
);
CREATE INDEX mails_owed ON mails (recipient, id) WHERE state = 'owed';
CREATE INDEX mails_waiting ON mails (id) WHERE state = 'owed';
CREATE INDEX mails_settled ON mails (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX mails_identity ON mails (identity_id);

-- How it goes with the mail server: one row. Whoever holds it sends.
CREATE TABLE mail_route (
    id INTEGER PRIMARY KEY,
    claimed_by TEXT,
    claimed_until TIMESTAMPTZ,
    failures INTEGER NOT NULL DEFAULT 0,
    failing_since TIMESTAMPTZ,
    next_at TIMESTAMPTZ NOT NULL,
    said TEXT NOT NULL DEFAULT '',
    sent_at TIMESTAMPTZ
);
INSERT INTO mail_route (id, next_at) VALUES (1, '2000-01-01T00:00:00+00:00');

-- What a link is for: a first password, or one that was forgotten.
ALTER TABLE setup_links ADD COLUMN purpose TEXT COLLATE "C" NOT NULL DEFAULT 'set-up';

-- Who said that they forgot their password, as it was typed. A worker looks whether there is such a person, so that
-- the answer takes as long either way.
CREATE TABLE reset_requests (
    id UUID PRIMARY KEY,
    typed TEXT NOT NULL,
    address TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL
);

-- How often something was tried by whoever has this key, in a window of time. The key is a keyed hash.
CREATE TABLE attempts (
    kind TEXT COLLATE "C" NOT NULL,
    key_hash BYTEA NOT NULL,
    window_at TIMESTAMPTZ NOT NULL,
    n BIGINT NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (kind, key_hash, window_at)
);
CREATE INDEX attempts_ends ON attempts (ends_at);

-- The last sign-ins of a person, by which an unusual one is told.
CREATE TABLE sign_ins (
    id UUID PRIMARY KEY,
    identity_id UUID NOT NULL REFERENCES identities (id),
    at TIMESTAMPTZ NOT NULL,
    address TEXT NOT NULL,
    -- Keyed hash of the browser's own key.
    device BYTEA NOT NULL,
    -- The portal roles that were held, separated by commas.
    roles TEXT NOT NULL
);
CREATE INDEX sign_ins_identity ON sign_ins (identity_id, id);
