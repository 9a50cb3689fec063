-- Readings of targets: asked for by a person or due by the schedule, and done by whoever claims them.
CREATE TABLE readings (
    id BLOB NOT NULL PRIMARY KEY,
    application_id BLOB NOT NULL REFERENCES targets (application_id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    -- Who asked for it, for people; empty for the schedule.
    asker TEXT NOT NULL,
    -- Whether many accounts may be gone.
    many_gone INTEGER NOT NULL,
    asked_at TEXT NOT NULL,
    -- Since when it is read, this time: the moment of which it is a proof.
    begun_at TEXT,
    -- The last sign of life of whoever reads.
    alive_at TEXT,
    ended_at TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    -- Who reads, and until when that counts: whoever dies lets go by itself.
    claimed_by TEXT,
    claimed_until TEXT,
    accounts INTEGER NOT NULL DEFAULT 0,
    entitlements INTEGER NOT NULL DEFAULT 0,
    memberships INTEGER NOT NULL DEFAULT 0,
    credentials INTEGER NOT NULL DEFAULT 0,
    -- What it showed, counted.
    result TEXT,
    -- What stands in the way, in words.
    said TEXT NOT NULL DEFAULT ''
) STRICT;
-- Two readings of one target never overlap.
CREATE UNIQUE INDEX readings_open ON readings (application_id) WHERE state IN ('queued', 'running');
CREATE INDEX readings_target ON readings (application_id, id);

-- How often it is read by itself; no minutes: never.
ALTER TABLE targets ADD COLUMN read_minutes INTEGER DEFAULT 60;
ALTER TABLE targets ADD COLUMN full_days INTEGER NOT NULL DEFAULT 1;
-- When it was last read, also where only what changed was.
ALTER TABLE targets ADD COLUMN read_at TEXT;
ALTER TABLE targets ADD COLUMN next_read_at TEXT;

-- The account on which a credential was found. What is found is known by its account; all else by its issuer.
ALTER TABLE credentials ADD COLUMN account_id BLOB REFERENCES accounts (id);
DROP INDEX credentials_external;
CREATE UNIQUE INDEX credentials_external ON credentials (issuer, external_id) WHERE account_id IS NULL;
CREATE UNIQUE INDEX credentials_found ON credentials (account_id, kind, external_id) WHERE account_id IS NOT NULL;
CREATE INDEX credentials_found_on ON credentials (application_id, id) WHERE account_id IS NOT NULL;
