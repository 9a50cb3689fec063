-- Mail to people: the outbox, written in the transaction of what is told.
CREATE TABLE mails (
    id BLOB NOT NULL PRIMARY KEY,
    identity_id BLOB NOT NULL REFERENCES identities (id),
    kind TEXT NOT NULL,
    -- The address, as it was when it was written.
    recipient TEXT NOT NULL,
    -- Each mail once: who owes the same again owes nothing.
    once TEXT NOT NULL UNIQUE,
    -- What it says, sealed; gone when it is not needed any more.
    facts BLOB,
    state TEXT NOT NULL,
    -- How often the server asked to come back later with this one.
    failures INTEGER NOT NULL DEFAULT 0,
    next_at TEXT NOT NULL,
    -- From when it is of no use: its link is dead.
    void_at TEXT,
    said TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    settled_at TEXT
) STRICT;
CREATE INDEX mails_owed ON mails (recipient, id) WHERE state = 'owed';
CREATE INDEX mails_waiting ON mails (id) WHERE state = 'owed';
CREATE INDEX mails_settled ON mails (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX mails_identity ON mails (identity_id);

-- How it goes with the mail server: one row. Whoever holds it sends.
CREATE TABLE mail_route (
    id INTEGER PRIMARY KEY,
    claimed_by TEXT,
    claimed_until TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    failing_since TEXT,
    next_at TEXT NOT NULL,
    said TEXT NOT NULL DEFAULT '',
    sent_at TEXT
) STRICT;
INSERT INTO mail_route (id, next_at) VALUES (1, '2000-01-01T00:00:00+00:00');

-- What a link is for: a first password, or one that was forgotten.
ALTER TABLE setup_links ADD COLUMN purpose TEXT NOT NULL DEFAULT 'set-up';

-- Who said that they forgot their password, as it was typed. A worker looks whether there is such a person, so that
-- the answer takes as long either way.
CREATE TABLE reset_requests (
    id BLOB NOT NULL PRIMARY KEY,
    typed TEXT NOT NULL,
    address TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;

-- How often something was tried by whoever has this key, in a window of time. The key is a keyed hash.
CREATE TABLE attempts (
    kind TEXT NOT NULL,
    key_hash BLOB NOT NULL,
    window_at TEXT NOT NULL,
    n INTEGER NOT NULL,
    ends_at TEXT NOT NULL,
    PRIMARY KEY (kind, key_hash, window_at)
) STRICT;
CREATE INDEX attempts_ends ON attempts (ends_at);

-- The last sign-ins of a person, by which an unusual one is told.
CREATE TABLE sign_ins (
    id BLOB NOT NULL PRIMARY KEY,
    identity_id BLOB NOT NULL REFERENCES identities (id),
    at TEXT NOT NULL,
    address TEXT NOT NULL,
    -- Keyed hash of the browser's own key.
    device BLOB NOT NULL,
    -- The portal roles that were held, separated by commas.
    roles TEXT NOT NULL
) STRICT;
CREATE INDEX sign_ins_identity ON sign_ins (identity_id, id);
