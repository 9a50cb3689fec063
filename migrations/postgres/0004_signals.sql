-- Who is told of signals: life-cycle events by webhook, security events as SETs.
CREATE TABLE signal_receivers (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    -- Where it is told; empty where it fetches.
    url TEXT NOT NULL,
    -- For whom its tokens are: `aud`.
    audience TEXT NOT NULL,
    subject_form TEXT NOT NULL,
    -- Its kinds of signal, separated by blanks.
    kinds TEXT NOT NULL,
    -- Sealed: what a webhook is signed with, or what is sent as Authorization.
    secret BYTEA NOT NULL,
    -- The one before, until it is over: what is sent is signed with both.
    secret_before BYTEA,
    before_until TIMESTAMPTZ,
    -- Whose API tokens may fetch, ask for its status and have it verified.
    reader_id UUID REFERENCES identities (id),
    -- How it goes: failures in a row, what was said last, and when it is asked again.
    failures INTEGER NOT NULL DEFAULT 0,
    failing_since TIMESTAMPTZ,
    said TEXT NOT NULL DEFAULT '',
    next_at TIMESTAMPTZ NOT NULL,
    delivered_at TIMESTAMPTZ,
    claimed_by TEXT,
    claimed_until TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX signal_receivers_reader ON signal_receivers (reader_id) WHERE reader_id IS NOT NULL;

-- The outbox: written in the transaction of the change that is told. The key is `webhook-id` and `jti`.
CREATE TABLE signals (
    id UUID PRIMARY KEY,
    receiver_id UUID NOT NULL REFERENCES signal_receivers (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    facts TEXT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    next_at TIMESTAMPTZ NOT NULL,
    -- What the receiver answered last.
    said TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMPTZ NOT NULL,
    settled_at TIMESTAMPTZ
);
CREATE INDEX signals_receiver ON signals (receiver_id, id);
CREATE INDEX signals_owed ON signals (receiver_id, next_at, id) WHERE state = 'owed';
CREATE INDEX signals_settled ON signals (settled_at) WHERE settled_at IS NOT NULL;

-- Whose signals are taken, and what they do here.
CREATE TABLE signal_transmitters (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    issuer TEXT NOT NULL,
    audience TEXT NOT NULL,
    -- Where its keys are; empty where they were pasted.
    jwks_uri TEXT NOT NULL,
    jwks TEXT NOT NULL,
    keys_at TIMESTAMPTZ,
    -- By what its subjects are found here.
    match_by TEXT NOT NULL,
    on_session_revoked TEXT NOT NULL,
    on_credential_change TEXT NOT NULL,
    on_account_disabled TEXT NOT NULL,
    -- Keyed hash of the token that it sends.
    token_hash BYTEA NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    taken_at TIMESTAMPTZ,
    said TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX signal_transmitters_issuer ON signal_transmitters (issuer);

-- What was taken, so that it is taken once.
CREATE TABLE signals_taken (
    transmitter_id UUID NOT NULL REFERENCES signal_transmitters (id) ON DELETE CASCADE,
    jti TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    -- Its events, separated by blanks, and what came of it in words.
    events TEXT NOT NULL,
    identity_id UUID,
    said TEXT NOT NULL,
    PRIMARY KEY (transmitter_id, jti)
);
CREATE INDEX signals_taken_at ON signals_taken (transmitter_id, at);
