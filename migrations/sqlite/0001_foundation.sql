-- Sources, identities and what they hold. The PostgreSQL file of the same number says the same.

CREATE TABLE instance (
    id BLOB NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    -- One row at most: of two first starts at once, one wins.
    singleton INTEGER NOT NULL DEFAULT 1 UNIQUE CHECK (singleton = 1)
) STRICT;

-- A row for each subject of which only one change may be decided at a time.
CREATE TABLE locks (
    subject TEXT NOT NULL PRIMARY KEY
) STRICT;
INSERT INTO locks (subject) VALUES ('administrators'), ('model');

-- Another key with each change of roles and rules, so that what was worked out of them can be kept.
CREATE TABLE access_model_version (
    version BLOB NOT NULL PRIMARY KEY
) STRICT;
INSERT INTO access_model_version (version) VALUES (zeroblob(16));

CREATE TABLE sources (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    last_as_of TEXT,
    last_import_at TEXT,
    version INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL,
    -- The machine that tells it over SCIM; NULL where files are imported.
    provisioner_id BLOB UNIQUE
) STRICT;

CREATE TABLE identities (
    -- The full-text index refers to rows by number; only a declared key keeps its numbers in a backup.
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    user_name TEXT NOT NULL,
    user_name_key TEXT NOT NULL,
    employee_id TEXT,
    source_id BLOB REFERENCES sources (id) DEFERRABLE INITIALLY DEFERRED,
    source_present INTEGER NOT NULL,
    display_name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    email TEXT NOT NULL,
    department TEXT NOT NULL,
    title TEXT NOT NULL,
    purpose TEXT NOT NULL,
    manager_id BLOB REFERENCES identities (id) DEFERRABLE INITIALLY DEFERRED,
    owner_id BLOB REFERENCES identities (id) DEFERRABLE INITIALLY DEFERRED,
    persona_of BLOB REFERENCES identities (id) DEFERRABLE INITIALLY DEFERRED,
    time_zone TEXT NOT NULL,
    start_on TEXT,
    end_on TEXT,
    epoch INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    search_text TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
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
CREATE INDEX identities_updated ON identities (updated_at, id);
CREATE INDEX identities_persona ON identities (persona_of) WHERE persona_of IS NOT NULL;

-- What an identity provider wrote of a person over SCIM, beyond what an identity has columns for.
CREATE TABLE scim_users (
    identity_id BLOB NOT NULL PRIMARY KEY REFERENCES identities (id) DEFERRABLE INITIALLY DEFERRED,
    source_id BLOB NOT NULL REFERENCES sources (id),
    external_id TEXT,
    -- All that was written, never a password.
    resource TEXT NOT NULL,
    -- When the source last ended them: limits count these.
    left_at TEXT,
    deleted_at TEXT
) STRICT;
CREATE UNIQUE INDEX scim_users_external ON scim_users (source_id, external_id) WHERE external_id IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX scim_users_left ON scim_users (source_id, left_at) WHERE left_at IS NOT NULL;
CREATE INDEX scim_users_deleted ON scim_users (identity_id) WHERE deleted_at IS NOT NULL;

CREATE TABLE employments (
    id BLOB NOT NULL PRIMARY KEY,
    identity_id BLOB NOT NULL REFERENCES identities (id) DEFERRABLE INITIALLY DEFERRED,
    started_on TEXT NOT NULL,
    ended_on TEXT,
    start_reason TEXT NOT NULL,
    end_reason TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX employments_identity ON employments (identity_id, started_on);
CREATE INDEX employments_started ON employments (started_on);
CREATE INDEX employments_ended ON employments (ended_on) WHERE ended_on IS NOT NULL;

CREATE TABLE imports (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    source_name TEXT NOT NULL,
    file_name TEXT NOT NULL,
    digest TEXT NOT NULL,
    as_of TEXT NOT NULL,
    state TEXT NOT NULL,
    mapping TEXT NOT NULL,
    summary TEXT NOT NULL,
    content BLOB,
    actor TEXT NOT NULL,
    created_at TEXT NOT NULL,
    applied_at TEXT
) STRICT;
CREATE INDEX imports_created ON imports (id);

CREATE TABLE applications (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    owner_id BLOB REFERENCES identities (id),
    version INTEGER NOT NULL DEFAULT 1,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE entitlements (
    id BLOB NOT NULL PRIMARY KEY,
    application_id BLOB NOT NULL REFERENCES applications (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    risk TEXT NOT NULL,
    -- What the target itself knows it by; empty where that is the name.
    key TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    UNIQUE (application_id, name)
) STRICT;

CREATE TABLE roles (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    name_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    description TEXT NOT NULL,
    owner_id BLOB REFERENCES identities (id),
    application_id BLOB REFERENCES applications (id),
    grace_days INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

-- Roles that are groups of an identity provider, which says over SCIM who is in them.
CREATE TABLE scim_groups (
    role_id BLOB NOT NULL PRIMARY KEY REFERENCES roles (id),
    source_id BLOB NOT NULL REFERENCES sources (id),
    external_id TEXT,
    version INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT
) STRICT;
CREATE UNIQUE INDEX scim_groups_external ON scim_groups (source_id, external_id) WHERE external_id IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE role_entitlements (
    role_id BLOB NOT NULL REFERENCES roles (id),
    entitlement_id BLOB NOT NULL REFERENCES entitlements (id),
    PRIMARY KEY (role_id, entitlement_id)
) STRICT;
CREATE INDEX role_entitlements_entitlement ON role_entitlements (entitlement_id);

CREATE TABLE role_inducements (
    role_id BLOB NOT NULL REFERENCES roles (id),
    induced_id BLOB NOT NULL REFERENCES roles (id),
    PRIMARY KEY (role_id, induced_id)
) STRICT;
CREATE INDEX role_inducements_induced ON role_inducements (induced_id);

CREATE TABLE birthright_rules (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role_id BLOB NOT NULL REFERENCES roles (id),
    expression TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE assignments (
    id BLOB NOT NULL PRIMARY KEY,
    identity_id BLOB NOT NULL REFERENCES identities (id),
    role_id BLOB NOT NULL REFERENCES roles (id),
    reason TEXT NOT NULL,
    origin BLOB NOT NULL,
    note TEXT NOT NULL,
    state TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    ended_at TEXT
) STRICT;
CREATE UNIQUE INDEX assignments_live ON assignments (identity_id, role_id, origin) WHERE state <> 'ended';
CREATE INDEX assignments_identity ON assignments (identity_id, state);
CREATE INDEX assignments_role ON assignments (role_id, state);
CREATE INDEX assignments_until ON assignments (until) WHERE until IS NOT NULL AND state <> 'ended';

CREATE TABLE grants (
    id BLOB NOT NULL PRIMARY KEY,
    identity_id BLOB NOT NULL REFERENCES identities (id),
    entitlement_id BLOB NOT NULL REFERENCES entitlements (id),
    state TEXT NOT NULL,
    since TEXT NOT NULL,
    observed_at TEXT,
    UNIQUE (identity_id, entitlement_id)
) STRICT;
CREATE INDEX grants_entitlement ON grants (entitlement_id, state, id);
CREATE INDEX grants_found ON grants (state, id) WHERE state = 'out-of-band';
CREATE INDEX grants_observed ON grants (observed_at) WHERE observed_at IS NOT NULL;

CREATE TABLE credentials (
    id BLOB NOT NULL PRIMARY KEY,
    identity_id BLOB REFERENCES identities (id),
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    label_key TEXT NOT NULL,
    purpose TEXT NOT NULL,
    issuer TEXT NOT NULL,
    external_id TEXT NOT NULL,
    application_id BLOB REFERENCES applications (id),
    origin TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_used_at TEXT,
    rotated_at TEXT,
    expires_at TEXT,
    ended_at TEXT,
    dependents TEXT NOT NULL,
    version INTEGER NOT NULL
) STRICT;
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
    application_id BLOB NOT NULL PRIMARY KEY REFERENCES applications (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    settings TEXT NOT NULL,
    secret BLOB NOT NULL,
    on_end TEXT NOT NULL,
    -- How accounts are made and filled there; where there is none, Tenure makes none.
    mapping TEXT,
    -- Where a person does by hand what is owed: who, and within how many hours.
    doer_id BLOB REFERENCES identities (id),
    due_hours INTEGER,
    at_once INTEGER NOT NULL,
    per_minute INTEGER NOT NULL,
    timeout_seconds INTEGER NOT NULL,
    -- Failures of the target in a row; from some on nobody asks before the moment.
    failures INTEGER NOT NULL DEFAULT 0,
    open_until TEXT,
    said TEXT NOT NULL DEFAULT '',
    answered_at TEXT,
    -- How many operations began in the minute from then on.
    minute_from TEXT,
    minute_used INTEGER NOT NULL DEFAULT 0,
    watermark TEXT,
    reconciled_at TEXT,
    version INTEGER NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

-- Hosts that ask for the SSH keys of who signs in there. Rotation gives a host a second token for a while.
CREATE TABLE ssh_hosts (
    id BLOB NOT NULL PRIMARY KEY,
    application_id BLOB NOT NULL REFERENCES targets (application_id),
    name TEXT NOT NULL,
    -- Keyed hash of the token.
    token_hash BLOB NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    revoked_at TEXT,
    last_used_at TEXT
) STRICT;
CREATE INDEX ssh_hosts_application ON ssh_hosts (application_id, id);

-- Public keys that hosts are given; who has one is said by its credential.
CREATE TABLE ssh_keys (
    credential_id BLOB NOT NULL PRIMARY KEY REFERENCES credentials (id),
    -- Type and base64, without options and comment.
    text TEXT NOT NULL,
    fingerprint TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE accounts (
    id BLOB NOT NULL PRIMARY KEY,
    application_id BLOB NOT NULL REFERENCES applications (id),
    identity_id BLOB REFERENCES identities (id),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    attributes TEXT NOT NULL,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    last_used_at TEXT,
    -- Attributes that the target has otherwise than they are recorded: both, by name.
    drift TEXT,
    -- Of these, what somebody leaves as it is: both, who and why, by name.
    accepted TEXT
) STRICT;
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
    id BLOB NOT NULL PRIMARY KEY,
    noticed_at TEXT NOT NULL,
    -- What was found, or why somebody holds it.
    said TEXT NOT NULL,
    -- How many events the log was known to have, and when; none where somebody said it.
    expected_size INTEGER,
    seen_at TEXT,
    -- How many there were, and when the newest was written.
    found_size INTEGER NOT NULL,
    found_at TEXT,
    released_at TEXT,
    released_by TEXT,
    note TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX restores_noticed ON restores (noticed_at);
-- One is open at most: whoever opens another closes it first.
CREATE UNIQUE INDEX restores_open ON restores ((released_at IS NULL)) WHERE released_at IS NULL;

CREATE TABLE operations (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    application_id BLOB REFERENCES applications (id),
    identity_id BLOB REFERENCES identities (id),
    account_id BLOB REFERENCES accounts (id),
    grant_id BLOB REFERENCES grants (id),
    credential_id BLOB REFERENCES credentials (id),
    ending_id BLOB,
    -- Its turn among those of the same identity on the same target.
    stage INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    next_at TEXT NOT NULL,
    -- Who works on it, and until when that counts: whoever dies lets go by itself.
    claimed_by TEXT,
    claimed_until TEXT,
    -- The last word: what stands in the way, or the evidence.
    said TEXT NOT NULL DEFAULT '',
    settled_at TEXT,
    -- Until when a person is to have done it; only where one does it by hand.
    due_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
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
    operation_id BLOB NOT NULL PRIMARY KEY REFERENCES operations (id),
    name TEXT NOT NULL,
    content BLOB NOT NULL,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    at TEXT NOT NULL
) STRICT;

-- Each step of each operation, for the record.
CREATE TABLE operation_steps (
    id BLOB NOT NULL PRIMARY KEY,
    operation_id BLOB NOT NULL REFERENCES operations (id),
    at TEXT NOT NULL,
    state TEXT NOT NULL,
    said TEXT NOT NULL,
    -- The person whose word it is; empty for a machine's.
    actor TEXT NOT NULL
) STRICT;
CREATE INDEX operation_steps_operation ON operation_steps (operation_id, id);

CREATE TABLE endings (
    id BLOB NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    reason TEXT NOT NULL,
    channel TEXT NOT NULL,
    actor TEXT NOT NULL
) STRICT;

CREATE TABLE ending_members (
    ending_id BLOB NOT NULL REFERENCES endings (id),
    identity_id BLOB NOT NULL REFERENCES identities (id),
    PRIMARY KEY (ending_id, identity_id)
) STRICT;
CREATE INDEX ending_members_identity ON ending_members (identity_id);

CREATE TABLE records (
    id BLOB NOT NULL PRIMARY KEY,
    ending_id BLOB NOT NULL REFERENCES endings (id),
    identity_id BLOB NOT NULL REFERENCES identities (id),
    -- Who, why, and everything that could act in their name: frozen in the transaction of the ending.
    frozen TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (identity_id, ending_id)
) STRICT;
CREATE INDEX records_ending ON records (ending_id);

CREATE TABLE hand_overs (
    id BLOB NOT NULL PRIMARY KEY,
    identity_id BLOB NOT NULL REFERENCES identities (id),
    former_owner_id BLOB NOT NULL REFERENCES identities (id),
    ending_id BLOB NOT NULL REFERENCES endings (id),
    state TEXT NOT NULL,
    new_owner_id BLOB REFERENCES identities (id),
    created_at TEXT NOT NULL,
    done_at TEXT
) STRICT;
CREATE INDEX hand_overs_open ON hand_overs (state, id);
CREATE INDEX hand_overs_identity ON hand_overs (identity_id);
CREATE INDEX hand_overs_ending ON hand_overs (ending_id, former_owner_id);

CREATE TABLE portal_roles (
    identity_id BLOB NOT NULL REFERENCES identities (id),
    role TEXT NOT NULL,
    granted_at TEXT NOT NULL,
    PRIMARY KEY (identity_id, role)
) STRICT;
CREATE INDEX portal_roles_role ON portal_roles (role, identity_id);

CREATE TABLE local_accounts (
    identity_id BLOB NOT NULL PRIMARY KEY REFERENCES identities (id),
    password_hash TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    failures INTEGER NOT NULL,
    locked_until TEXT
) STRICT;

CREATE TABLE setup_links (
    token_hash BLOB NOT NULL PRIMARY KEY,
    identity_id BLOB NOT NULL REFERENCES identities (id),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
) STRICT;
CREATE INDEX setup_links_identity ON setup_links (identity_id);

CREATE TABLE portal_sessions (
    id_hash BLOB NOT NULL PRIMARY KEY,
    credential_id BLOB REFERENCES credentials (id),
    identity_id BLOB REFERENCES identities (id),
    epoch INTEGER,
    data TEXT NOT NULL,
    created_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX portal_sessions_identity ON portal_sessions (identity_id);
CREATE INDEX portal_sessions_expires ON portal_sessions (expires_at);

CREATE TABLE api_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    credential_id BLOB NOT NULL UNIQUE REFERENCES credentials (id),
    identity_id BLOB NOT NULL REFERENCES identities (id),
    epoch INTEGER NOT NULL,
    may_write INTEGER NOT NULL,
    hint TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX api_tokens_identity ON api_tokens (identity_id);

CREATE TABLE saved_views (
    id BLOB NOT NULL PRIMARY KEY,
    identity_id BLOB NOT NULL REFERENCES identities (id),
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    query TEXT NOT NULL,
    UNIQUE (identity_id, page, name)
) STRICT;

-- What programs asked with an idempotency key, kept for a day.
CREATE TABLE idempotency_keys (
    principal_id BLOB NOT NULL,
    key TEXT NOT NULL,
    -- SHA-256 of method, path and body.
    request_hash BLOB NOT NULL,
    -- Whose work it is now: a new one when it is taken over from somebody who stopped.
    claim BLOB NOT NULL,
    claimed_until TEXT NOT NULL,
    -- Set in the transaction of the change itself.
    carried_out INTEGER NOT NULL DEFAULT 0,
    -- NULL until it is answered.
    status INTEGER,
    -- NULL also where it showed a secret.
    answer TEXT,
    headers TEXT NOT NULL DEFAULT '[]',
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    PRIMARY KEY (principal_id, key)
) STRICT;
CREATE INDEX idempotency_keys_by_end ON idempotency_keys (expires_at);

CREATE TABLE audit_events (
    id BLOB NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    stream TEXT NOT NULL,
    action TEXT NOT NULL,
    actor_id BLOB,
    actor_label TEXT NOT NULL,
    channel TEXT NOT NULL,
    request_id TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    identity_id BLOB,
    outcome TEXT NOT NULL,
    body TEXT NOT NULL,
    mac BLOB NOT NULL,
    leaf INTEGER,
    leaf_hash BLOB
) STRICT;
CREATE UNIQUE INDEX audit_events_leaf ON audit_events (leaf) WHERE leaf IS NOT NULL;
CREATE INDEX audit_events_unsealed ON audit_events (id) WHERE leaf IS NULL;
CREATE INDEX audit_events_identity ON audit_events (identity_id, id) WHERE identity_id IS NOT NULL;
CREATE INDEX audit_events_action ON audit_events (action, id);
CREATE INDEX audit_events_actor ON audit_events (actor_id, id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_events_request ON audit_events (request_id, id);
CREATE INDEX audit_events_target ON audit_events (target_id, id);

CREATE TABLE audit_checkpoints (
    tree_size INTEGER PRIMARY KEY,
    root BLOB NOT NULL,
    frontier BLOB NOT NULL,
    note TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
