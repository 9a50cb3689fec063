-- Sources, identities and what they hold. The SQLite file of the same number says the same.
-- What lists sort and cut by is compared by bytes, as SQLite does: one order on both engines,
-- whatever the language of the database, and indexes that serve beginnings of words.
--
-- Where rows are written by the hundred thousand, some references are not declared here: to look
-- each of them up took a third of the time. SQLite declares all of them and every test of the store
-- runs on both; nothing that is referred to is ever deleted; `tenure doctor` looks for rows that
-- refer to nothing (docs/decisions/0012).

CREATE TABLE instance (
    id UUID PRIMARY KEY,
    key_id TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    -- One row at most: of two first starts at once, one wins.
    singleton INTEGER NOT NULL DEFAULT 1 UNIQUE CHECK (singleton = 1)
);

-- A row for each subject of which only one change may be decided at a time.
CREATE TABLE locks (
    subject TEXT PRIMARY KEY
);
INSERT INTO locks (subject) VALUES ('administrators'), ('model');

-- Another key with each change of roles and rules, so that what was worked out of them can be kept.
CREATE TABLE access_model_version (
    version UUID PRIMARY KEY
);
INSERT INTO access_model_version (version) VALUES ('00000000-0000-0000-0000-000000000000');

CREATE TABLE sources (
    id UUID PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    last_as_of DATE,
    last_import_at TIMESTAMPTZ,
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ NOT NULL,
    -- The machine that tells it over SCIM; NULL where files are imported.
    provisioner_id UUID UNIQUE
);

CREATE TABLE identities (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    id UUID PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    user_name TEXT NOT NULL,
    user_name_key TEXT COLLATE "C" NOT NULL,
    employee_id TEXT,
    source_id UUID,
    source_present BOOLEAN NOT NULL,
    display_name TEXT NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    email TEXT NOT NULL,
    department TEXT COLLATE "C" NOT NULL,
    title TEXT NOT NULL,
    purpose TEXT NOT NULL,
    manager_id UUID,
    owner_id UUID REFERENCES identities (id) DEFERRABLE INITIALLY DEFERRED,
    persona_of UUID REFERENCES identities (id) DEFERRABLE INITIALLY DEFERRED,
    time_zone TEXT NOT NULL,
    start_on DATE,
    end_on DATE,
    epoch BIGINT NOT NULL,
    attributes JSONB NOT NULL,
    search_text TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX identities_user_name ON identities (user_name_key) WHERE state <> 'archived';
CREATE UNIQUE INDEX identities_source_key ON identities (source_id, employee_id) WHERE state <> 'archived';
CREATE INDEX identities_name ON identities (name_key, id);
CREATE INDEX identities_state_name ON identities (state, name_key, id);
CREATE INDEX identities_kind_state ON identities (kind, state);
CREATE INDEX identities_kind_name ON identities (kind, name_key, id);
CREATE INDEX identities_department_name ON identities (department, name_key, id);
CREATE INDEX identities_manager_name ON identities (manager_id, name_key, id);
CREATE INDEX identities_owner_name ON identities (owner_id, name_key, id) WHERE owner_id IS NOT NULL;
CREATE INDEX identities_start ON identities (start_on, time_zone) WHERE state = 'pre-hire';
CREATE INDEX identities_end ON identities (end_on, time_zone) WHERE end_on IS NOT NULL AND state <> 'terminated' AND state <> 'archived';
-- Only ever asked for the latest, of which blocks tell enough.
CREATE INDEX identities_updated ON identities USING brin (updated_at);
CREATE INDEX identities_persona ON identities (persona_of) WHERE persona_of IS NOT NULL;

-- What an identity provider wrote of a person over SCIM, beyond what an identity has columns for.
CREATE TABLE scim_users (
    identity_id UUID PRIMARY KEY REFERENCES identities (id),
    source_id UUID NOT NULL REFERENCES sources (id),
    external_id TEXT,
    -- All that was written, never a password.
    resource JSONB NOT NULL,
    -- When the source last ended them: limits count these.
    left_at TIMESTAMPTZ,
    deleted_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX scim_users_external ON scim_users (source_id, external_id) WHERE external_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX scim_users_left ON scim_users (source_id, left_at) WHERE left_at IS NOT NULL;
CREATE INDEX scim_users_deleted ON scim_users (identity_id) WHERE deleted_at IS NOT NULL;

CREATE TABLE employments (
    id UUID PRIMARY KEY,
    identity_id UUID NOT NULL,
    started_on DATE NOT NULL,
    ended_on DATE,
    start_reason TEXT NOT NULL,
    end_reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX employments_identity ON employments (identity_id, started_on);
CREATE INDEX employments_started ON employments (started_on);
CREATE INDEX employments_ended ON employments (ended_on) WHERE ended_on IS NOT NULL;

CREATE TABLE imports (
    id UUID PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    source_name TEXT NOT NULL,
    file_name TEXT NOT NULL,
    digest TEXT NOT NULL,
    as_of DATE NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    mapping JSONB NOT NULL,
    summary JSONB NOT NULL,
    content BYTEA,
    actor TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    applied_at TIMESTAMPTZ
);
CREATE INDEX imports_created ON imports (id);

CREATE TABLE applications (
    id UUID PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    description TEXT NOT NULL,
    owner_id UUID REFERENCES identities (id),
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE entitlements (
    id UUID PRIMARY KEY,
    application_id UUID NOT NULL REFERENCES applications (id),
    name TEXT COLLATE "C" NOT NULL,
    description TEXT NOT NULL,
    risk TEXT NOT NULL,
    -- What the target itself knows it by; empty where that is the name.
    key TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (application_id, name)
);

CREATE TABLE roles (
    id UUID PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    name_key TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    description TEXT NOT NULL,
    owner_id UUID REFERENCES identities (id),
    application_id UUID REFERENCES applications (id),
    grace_days INTEGER NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

-- Roles that are groups of an identity provider, which says over SCIM who is in them.
CREATE TABLE scim_groups (
    role_id UUID PRIMARY KEY REFERENCES roles (id),
    source_id UUID NOT NULL REFERENCES sources (id),
    external_id TEXT,
    version BIGINT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    deleted_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX scim_groups_external ON scim_groups (source_id, external_id) WHERE external_id IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE role_entitlements (
    role_id UUID NOT NULL REFERENCES roles (id),
    entitlement_id UUID NOT NULL REFERENCES entitlements (id),
    PRIMARY KEY (role_id, entitlement_id)
);
CREATE INDEX role_entitlements_entitlement ON role_entitlements (entitlement_id);

CREATE TABLE role_inducements (
    role_id UUID NOT NULL REFERENCES roles (id),
    induced_id UUID NOT NULL REFERENCES roles (id),
    PRIMARY KEY (role_id, induced_id)
);
CREATE INDEX role_inducements_induced ON role_inducements (induced_id);

CREATE TABLE birthright_rules (
    id UUID PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    role_id UUID NOT NULL REFERENCES roles (id),
    expression TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE assignments (
    id UUID PRIMARY KEY,
    identity_id UUID NOT NULL,
    role_id UUID NOT NULL REFERENCES roles (id),
    reason TEXT NOT NULL,
    origin UUID NOT NULL,
    note TEXT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ,
    ended_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX assignments_live ON assignments (identity_id, role_id, origin) WHERE state <> 'ended';
CREATE INDEX assignments_identity ON assignments (identity_id, state);
CREATE INDEX assignments_role ON assignments (role_id, state);
CREATE INDEX assignments_until ON assignments (until) WHERE until IS NOT NULL AND state <> 'ended';

CREATE TABLE grants (
    id UUID PRIMARY KEY,
    identity_id UUID NOT NULL,
    entitlement_id UUID NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    observed_at TIMESTAMPTZ,
    UNIQUE (identity_id, entitlement_id)
);
CREATE INDEX grants_entitlement ON grants (entitlement_id, state, id);
CREATE INDEX grants_found ON grants (state, id) WHERE state = 'out-of-band';
CREATE INDEX grants_observed ON grants (observed_at) WHERE observed_at IS NOT NULL;

CREATE TABLE credentials (
    id UUID PRIMARY KEY,
    identity_id UUID,
    kind TEXT COLLATE "C" NOT NULL,
    label TEXT NOT NULL,
    label_key TEXT COLLATE "C" NOT NULL,
    purpose TEXT NOT NULL,
    issuer TEXT COLLATE "C" NOT NULL,
    external_id TEXT COLLATE "C" NOT NULL,
    application_id UUID REFERENCES applications (id),
    origin TEXT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ,
    rotated_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    dependents JSONB NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX credentials_external ON credentials (issuer, external_id);
CREATE INDEX credentials_identity ON credentials (identity_id, state);
CREATE INDEX credentials_label ON credentials (label_key, id);
CREATE INDEX credentials_kind_label ON credentials (kind, label_key, id);
CREATE INDEX credentials_state_label ON credentials (state, label_key, id);
CREATE INDEX credentials_expires ON credentials (expires_at, id) WHERE expires_at IS NOT NULL;
CREATE INDEX credentials_used ON credentials (last_used_at, id);
CREATE INDEX credentials_created ON credentials (created_at, id);
-- What the charts count is read from here alone.
CREATE INDEX credentials_counts ON credentials (kind, state, rotated_at, created_at, last_used_at);
CREATE INDEX credentials_orphans ON credentials (label_key, id) WHERE identity_id IS NULL;

-- How an application is reached. The secret is sealed by a key that is not in the database.
CREATE TABLE targets (
    application_id UUID PRIMARY KEY REFERENCES applications (id),
    kind TEXT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    settings JSONB NOT NULL,
    secret BYTEA NOT NULL,
    on_end TEXT NOT NULL,
    -- How accounts are made and filled there; where there is none, Tenure makes none.
    mapping JSONB,
    -- Where a person does by hand what is owed: who, and within how many hours.
    doer_id UUID REFERENCES identities (id),
    due_hours INTEGER,
    at_once INTEGER NOT NULL,
    per_minute INTEGER NOT NULL,
    timeout_seconds INTEGER NOT NULL,
    -- Failures of the target in a row; from some on nobody asks before the moment.
    failures INTEGER NOT NULL DEFAULT 0,
    open_until TIMESTAMPTZ,
    said TEXT NOT NULL DEFAULT '',
    answered_at TIMESTAMPTZ,
    -- How many operations began in the minute from then on.
    minute_from TIMESTAMPTZ,
    minute_used INTEGER NOT NULL DEFAULT 0,
    watermark TEXT,
    reconciled_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

-- Hosts that ask for the SSH keys of who signs in there. Rotation gives a host a second token for a while.
CREATE TABLE ssh_hosts (
    id UUID PRIMARY KEY,
    application_id UUID NOT NULL REFERENCES targets (application_id),
    name TEXT NOT NULL,
    -- Keyed hash of the token.
    token_hash BYTEA NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    last_used_at TIMESTAMPTZ
);
CREATE INDEX ssh_hosts_application ON ssh_hosts (application_id, id);

-- Public keys that hosts are given; who has one is said by its credential.
CREATE TABLE ssh_keys (
    credential_id UUID PRIMARY KEY REFERENCES credentials (id),
    -- Type and base64, without options and comment.
    text TEXT NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE accounts (
    id UUID PRIMARY KEY,
    application_id UUID NOT NULL REFERENCES applications (id),
    identity_id UUID REFERENCES identities (id),
    key TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attributes JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ,
    -- Attributes that the target has otherwise than they are recorded: both, by name.
    drift JSONB,
    -- Of these, what somebody leaves as it is: both, who and why, by name.
    accepted JSONB
);
-- Empty until it was seen on the target.
CREATE UNIQUE INDEX accounts_key ON accounts (application_id, key) WHERE key <> '';
CREATE INDEX accounts_folded ON accounts (application_id, LOWER(name));
CREATE INDEX accounts_drift ON accounts (application_id, name, id) WHERE drift IS NOT NULL;
CREATE INDEX accounts_accepted ON accounts (application_id, name, id) WHERE accepted IS NOT NULL;
CREATE INDEX accounts_identity ON accounts (identity_id, application_id) WHERE identity_id IS NOT NULL;
CREATE INDEX accounts_name ON accounts (application_id, name, id);
CREATE INDEX accounts_orphans ON accounts (application_id, name, id) WHERE identity_id IS NULL AND state <> 'gone';

-- Times in which nothing goes out to targets, because this database was found to be restored from a copy, or
-- somebody said so.
CREATE TABLE restores (
    id UUID PRIMARY KEY,
    noticed_at TIMESTAMPTZ NOT NULL,
    -- What was found, or why somebody holds it.
    said TEXT NOT NULL,
    -- How many events the log was known to have, and when; none where somebody said it.
    expected_size BIGINT,
    seen_at TIMESTAMPTZ,
    -- How many there were, and when the newest was written.
    found_size BIGINT NOT NULL,
    found_at TIMESTAMPTZ,
    released_at TIMESTAMPTZ,
    released_by TEXT,
    note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX restores_noticed ON restores (noticed_at);
-- One is open at most: whoever opens another closes it first.
CREATE UNIQUE INDEX restores_open ON restores ((released_at IS NULL)) WHERE released_at IS NULL;

CREATE TABLE operations (
    id UUID PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    application_id UUID REFERENCES applications (id),
    identity_id UUID REFERENCES identities (id),
    account_id UUID REFERENCES accounts (id),
    grant_id UUID REFERENCES grants (id),
    credential_id UUID REFERENCES credentials (id),
    ending_id UUID,
    -- Its turn among those of the same identity on the same target.
    stage INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    next_at TIMESTAMPTZ NOT NULL,
    -- Who works on it, and until when that counts: whoever dies lets go by itself.
    claimed_by TEXT,
    claimed_until TIMESTAMPTZ,
    -- The last word: what stands in the way, or the evidence.
    said TEXT NOT NULL DEFAULT '',
    settled_at TIMESTAMPTZ,
    -- Until when a person is to have done it; only where one does it by hand.
    due_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX operations_state ON operations (state, id);
CREATE INDEX operations_pending_accounts ON operations (identity_id, application_id) WHERE kind = 'create-account' AND state IN ('queued', 'running', 'acknowledged', 'needs-human');
CREATE INDEX operations_due ON operations (application_id, next_at, id) WHERE state IN ('queued', 'running', 'acknowledged', 'needs-human');
CREATE INDEX operations_identity ON operations (identity_id, id);
CREATE INDEX operations_grant ON operations (grant_id, state) WHERE grant_id IS NOT NULL;
CREATE INDEX operations_credential ON operations (credential_id, state) WHERE credential_id IS NOT NULL;
CREATE INDEX operations_account ON operations (account_id, state) WHERE account_id IS NOT NULL;
CREATE INDEX operations_ending ON operations (ending_id, identity_id) WHERE ending_id IS NOT NULL;
CREATE INDEX operations_tasks ON operations (due_at, id) WHERE due_at IS NOT NULL AND state IN ('queued', 'running', 'acknowledged', 'needs-human');

-- What somebody gave with their word that an operation is done.
CREATE TABLE operation_files (
    operation_id UUID PRIMARY KEY REFERENCES operations (id),
    name TEXT NOT NULL,
    content BYTEA NOT NULL,
    size BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    at TIMESTAMPTZ NOT NULL
);

-- Each step of each operation, for the record.
CREATE TABLE operation_steps (
    id UUID PRIMARY KEY,
    operation_id UUID NOT NULL REFERENCES operations (id),
    at TIMESTAMPTZ NOT NULL,
    state TEXT NOT NULL,
    said TEXT NOT NULL,
    -- The person whose word it is; empty for a machine's.
    actor TEXT NOT NULL
);
CREATE INDEX operation_steps_operation ON operation_steps (operation_id, id);

CREATE TABLE endings (
    id UUID PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    reason TEXT NOT NULL,
    channel TEXT NOT NULL,
    actor TEXT NOT NULL
);

CREATE TABLE ending_members (
    ending_id UUID NOT NULL REFERENCES endings (id),
    identity_id UUID NOT NULL REFERENCES identities (id),
    PRIMARY KEY (ending_id, identity_id)
);
CREATE INDEX ending_members_identity ON ending_members (identity_id);

CREATE TABLE records (
    id UUID PRIMARY KEY,
    ending_id UUID NOT NULL REFERENCES endings (id),
    identity_id UUID NOT NULL REFERENCES identities (id),
    -- Who, why, and everything that could act in their name: frozen in the transaction of the ending.
    frozen TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (identity_id, ending_id)
);
CREATE INDEX records_ending ON records (ending_id);

CREATE TABLE hand_overs (
    id UUID PRIMARY KEY,
    identity_id UUID NOT NULL REFERENCES identities (id),
    former_owner_id UUID NOT NULL REFERENCES identities (id),
    ending_id UUID NOT NULL REFERENCES endings (id),
    state TEXT COLLATE "C" NOT NULL,
    new_owner_id UUID REFERENCES identities (id),
    created_at TIMESTAMPTZ NOT NULL,
    done_at TIMESTAMPTZ
);
CREATE INDEX hand_overs_open ON hand_overs (state, id);
CREATE INDEX hand_overs_identity ON hand_overs (identity_id);
CREATE INDEX hand_overs_ending ON hand_overs (ending_id, former_owner_id);

CREATE TABLE portal_roles (
    identity_id UUID NOT NULL REFERENCES identities (id),
    role TEXT NOT NULL,
    granted_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (identity_id, role)
);
CREATE INDEX portal_roles_role ON portal_roles (role, identity_id);

CREATE TABLE local_accounts (
    identity_id UUID PRIMARY KEY REFERENCES identities (id),
    password_hash TEXT NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    failures INTEGER NOT NULL,
    locked_until TIMESTAMPTZ
);

CREATE TABLE setup_links (
    token_hash BYTEA PRIMARY KEY,
    identity_id UUID NOT NULL REFERENCES identities (id),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX setup_links_identity ON setup_links (identity_id);

CREATE TABLE portal_sessions (
    id_hash BYTEA PRIMARY KEY,
    credential_id UUID REFERENCES credentials (id),
    identity_id UUID REFERENCES identities (id),
    epoch BIGINT,
    data JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX portal_sessions_identity ON portal_sessions (identity_id);
CREATE INDEX portal_sessions_expires ON portal_sessions (expires_at);

CREATE TABLE api_tokens (
    token_hash BYTEA PRIMARY KEY,
    credential_id UUID NOT NULL UNIQUE REFERENCES credentials (id),
    identity_id UUID NOT NULL REFERENCES identities (id),
    epoch BIGINT NOT NULL,
    may_write BOOLEAN NOT NULL,
    hint TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX api_tokens_identity ON api_tokens (identity_id);

CREATE TABLE saved_views (
    id UUID PRIMARY KEY,
    identity_id UUID NOT NULL REFERENCES identities (id),
    page TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    query TEXT NOT NULL,
    UNIQUE (identity_id, page, name)
);

-- What programs asked with an idempotency key, kept for a day.
CREATE TABLE idempotency_keys (
    principal_id UUID NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of method, path and body.
    request_hash BYTEA NOT NULL,
    -- Whose work it is now: a new one when it is taken over from somebody who stopped.
    claim UUID NOT NULL,
    claimed_until TIMESTAMPTZ NOT NULL,
    -- Set in the transaction of the change itself.
    carried_out BOOLEAN NOT NULL DEFAULT FALSE,
    -- NULL until it is answered.
    status INTEGER,
    -- NULL also where it showed a secret.
    answer TEXT,
    headers TEXT NOT NULL DEFAULT '[]',
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (principal_id, key)
);
CREATE INDEX idempotency_keys_by_end ON idempotency_keys (expires_at);

CREATE TABLE audit_events (
    id UUID PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    stream TEXT NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    actor_id UUID,
    actor_label TEXT NOT NULL,
    channel TEXT NOT NULL,
    request_id TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    identity_id UUID,
    outcome TEXT NOT NULL,
    body TEXT NOT NULL,
    mac BYTEA NOT NULL,
    leaf BIGINT,
    leaf_hash BYTEA
);
CREATE UNIQUE INDEX audit_events_leaf ON audit_events (leaf) WHERE leaf IS NOT NULL;
CREATE INDEX audit_events_unsealed ON audit_events (id) WHERE leaf IS NULL;
CREATE INDEX audit_events_identity ON audit_events (identity_id, id) WHERE identity_id IS NOT NULL;
CREATE INDEX audit_events_action ON audit_events (action, id);
CREATE INDEX audit_events_actor ON audit_events (actor_id, id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_events_request ON audit_events (request_id, id);
CREATE INDEX audit_events_target ON audit_events (target_id, id);

CREATE TABLE audit_checkpoints (
    tree_size BIGINT PRIMARY KEY,
    root BYTEA NOT NULL,
    frontier BYTEA NOT NULL,
    note TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL
);
