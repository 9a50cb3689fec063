-- Questions to reviewers: whether what a target has otherwise than recorded may stay so.
CREATE TABLE drift_reviews (
    id UUID PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    application_id UUID NOT NULL REFERENCES applications (id),
    -- Whose account it was when it was asked: never who decides.
    identity_id UUID NOT NULL REFERENCES identities (id),
    -- What it is about: both values of each attribute, as they were then.
    question JSONB NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    -- Who asked, for people.
    asker TEXT NOT NULL,
    -- Who is asked. While they cannot decide, the application's owner does, or administrators.
    reviewer_id UUID NOT NULL REFERENCES identities (id),
    note TEXT NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    due_on DATE NOT NULL,
    -- Who decided, for people; empty for Tenure itself.
    decided_by TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    decided_at TIMESTAMPTZ
);
-- One question about an account at a time.
CREATE UNIQUE INDEX drift_reviews_account ON drift_reviews (account_id) WHERE state = 'open';
CREATE INDEX drift_reviews_open ON drift_reviews (due_on, id) WHERE state = 'open';
CREATE INDEX drift_reviews_settled ON drift_reviews (id) WHERE state <> 'open';

-- When a receiver of signals that fetches did so last: what it does not fetch waits.
ALTER TABLE signal_receivers ADD COLUMN fetched_at TIMESTAMPTZ;
-- Raised with each change by an administrator.
ALTER TABLE signal_receivers ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
