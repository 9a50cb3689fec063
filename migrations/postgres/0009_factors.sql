-- Second factors. Each is a credential, too; here lies what it is checked with.
CREATE TABLE factors (
    credential_id UUID PRIMARY KEY REFERENCES credentials (id) ON DELETE CASCADE,
    identity_id UUID NOT NULL REFERENCES identities (id),
    kind TEXT COLLATE "C" NOT NULL,
    -- Of an authenticator app: the shared secret, sealed. Of a passkey: its public key and counter.
    data BYTEA NOT NULL,
    -- By what a passkey calls itself.
    key_id BYTEA,
    -- The step of the last code that was taken: each counts once.
    last_step BIGINT,
    -- When it was seen that there are two of it: it serves no more.
    copied_at TIMESTAMPTZ
);
CREATE INDEX factors_identity ON factors (identity_id);
CREATE UNIQUE INDEX factors_key ON factors (key_id) WHERE key_id IS NOT NULL;
CREATE UNIQUE INDEX factors_one_app ON factors (identity_id) WHERE kind = 'code';

-- Recovery codes that were not used: keyed hashes.
CREATE TABLE recovery_codes (
    identity_id UUID NOT NULL REFERENCES identities (id),
    code_hash BYTEA NOT NULL,
    PRIMARY KEY (identity_id, code_hash)
);

-- What a passkey was asked and has not answered: taken once.
CREATE TABLE ceremonies (
    id_hash BYTEA PRIMARY KEY,
    -- Whose passkey was asked for; none where anybody's will do.
    identity_id UUID REFERENCES identities (id),
    state TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX ceremonies_expires ON ceremonies (expires_at);

-- How people must sign in: one row, once somebody said so.
CREATE TABLE sign_in_policy (
    id INTEGER PRIMARY KEY,
    policy TEXT NOT NULL,
    version BIGINT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL
);

-- Whose factors somebody asked to be taken away, until a second person confirms it.
CREATE TABLE factor_resets (
    identity_id UUID PRIMARY KEY REFERENCES identities (id),
    asked_by UUID NOT NULL REFERENCES identities (id),
    reason TEXT NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

-- The session that a sign-in by a provider is to prove anew, instead of opening one.
ALTER TABLE sign_in_attempts ADD COLUMN proves UUID;
