-- Second factors. Each is a credential, too; here lies what it is checked with.
CREATE TABLE factors (
    credential_id BLOB NOT NULL PRIMARY KEY REFERENCES credentials (id) ON DELETE CASCADE,
    identity_id BLOB NOT NULL REFERENCES identities (id),
    kind TEXT NOT NULL,
    -- Of an authenticator app: the shared secret, sealed. Of a passkey: its public key and counter.
    data BLOB NOT NULL,
    -- By what a passkey calls itself.
    key_id BLOB,
    -- The step of the last code that was taken: each counts once.
    last_step INTEGER,
    -- When it was seen that there are two of it: it serves no more.
    copied_at TEXT
) STRICT;
CREATE INDEX factors_identity ON factors (identity_id);
CREATE UNIQUE INDEX factors_key ON factors (key_id) WHERE key_id IS NOT NULL;
CREATE UNIQUE INDEX factors_one_app ON factors (identity_id) WHERE kind = 'code';

-- Recovery codes that were not used: keyed hashes.
CREATE TABLE recovery_codes (
    identity_id BLOB NOT NULL REFERENCES identities (id),
    code_hash BLOB NOT NULL,
    PRIMARY KEY (identity_id, code_hash)
) STRICT, WITHOUT ROWID;

-- What a passkey was asked and has not answered: taken once.
CREATE TABLE ceremonies (
    id_hash BLOB NOT NULL PRIMARY KEY,
    -- Whose passkey was asked for; none where anybody's will do.
    identity_id BLOB REFERENCES identities (id),
    state TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX ceremonies_expires ON ceremonies (expires_at);

-- How people must sign in: one row, once somebody said so.
CREATE TABLE sign_in_policy (
    id INTEGER PRIMARY KEY,
    policy TEXT NOT NULL,
    version INTEGER NOT NULL,
    changed_at TEXT NOT NULL
) STRICT;

-- Whose factors somebody asked to be taken away, until a second person confirms it.
CREATE TABLE factor_resets (
    identity_id BLOB NOT NULL PRIMARY KEY REFERENCES identities (id),
    asked_by BLOB NOT NULL REFERENCES identities (id),
    reason TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;

-- The session that a sign-in by a provider is to prove anew, instead of opening one.
ALTER TABLE sign_in_attempts ADD COLUMN proves BLOB;
