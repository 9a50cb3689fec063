-- OpenID providers by which people sign in.
CREATE TABLE sign_in_providers (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    client_auth TEXT NOT NULL,
    -- Sealed; empty where there is none.
    secret BLOB NOT NULL,
    -- What is asked for beside `openid`, separated by blanks.
    scopes TEXT NOT NULL,
    -- The rule by which somebody is found who comes for the first time; domains are separated by blanks.
    link_by TEXT NOT NULL,
    link_claim TEXT NOT NULL,
    link_domains TEXT NOT NULL,
    -- Whether who signs out here is sent on to sign out there.
    sign_out_there INTEGER NOT NULL,
    -- What it said of itself last, and its keys; empty before.
    metadata TEXT NOT NULL DEFAULT '',
    looked_at TEXT,
    jwks TEXT NOT NULL DEFAULT '',
    -- When keys were last fetched because a token did not fit them.
    keys_at TEXT,
    -- Why it could not be used last; empty where it could.
    said TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX sign_in_providers_issuer ON sign_in_providers (issuer);

-- Whom the subjects of issuers stand for. A link whose identity ended stays, and signs nobody in.
CREATE TABLE sign_in_links (
    id BLOB NOT NULL PRIMARY KEY,
    provider_id BLOB NOT NULL REFERENCES sign_in_providers (id) ON DELETE CASCADE,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    identity_id BLOB NOT NULL REFERENCES identities (id),
    how TEXT NOT NULL,
    -- By what it was found, or who said so.
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_used_at TEXT,
    ended_at TEXT
) STRICT;
CREATE UNIQUE INDEX sign_in_links_subject ON sign_in_links (issuer, subject);
CREATE INDEX sign_in_links_identity ON sign_in_links (identity_id);
CREATE INDEX sign_in_links_provider ON sign_in_links (provider_id);

-- Sign-ins that are on their way: taken once. Nonce and verifier are computed, and lie nowhere.
CREATE TABLE sign_in_attempts (
    state_hash BLOB NOT NULL PRIMARY KEY,
    browser_hash BLOB NOT NULL,
    provider_id BLOB NOT NULL REFERENCES sign_in_providers (id) ON DELETE CASCADE,
    next_path TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX sign_in_attempts_expires ON sign_in_attempts (expires_at);
CREATE INDEX sign_in_attempts_provider ON sign_in_attempts (provider_id);

-- By which provider a session was opened, and what that said of how. It outlives the provider.
CREATE TABLE sign_in_sessions (
    credential_id BLOB NOT NULL PRIMARY KEY REFERENCES credentials (id) ON DELETE CASCADE,
    provider_id BLOB NOT NULL,
    subject TEXT NOT NULL,
    sid TEXT,
    acr TEXT,
    -- Separated by blanks.
    amr TEXT NOT NULL,
    auth_time TEXT
) STRICT;
CREATE INDEX sign_in_sessions_sid ON sign_in_sessions (provider_id, sid) WHERE sid IS NOT NULL;
CREATE INDEX sign_in_sessions_subject ON sign_in_sessions (provider_id, subject);

-- Logout tokens that were taken, so that each is taken once, and ends also the session that is only just being opened.
CREATE TABLE sign_in_logouts (
    provider_id BLOB NOT NULL REFERENCES sign_in_providers (id) ON DELETE CASCADE,
    jti TEXT NOT NULL,
    subject TEXT,
    sid TEXT,
    at TEXT NOT NULL,
    known_until TEXT NOT NULL,
    PRIMARY KEY (provider_id, jti)
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_logouts_known ON sign_in_logouts (known_until);
