-- What waits for a receiver is counted, and its oldest is asked for.
CREATE INDEX signals_waiting ON signals (receiver_id, created_at) WHERE state = 'owed';
-- Questions are looked for by who decides them: whoever was asked, or the owner of the application.
CREATE INDEX drift_reviews_reviewer ON drift_reviews (reviewer_id) WHERE state = 'open';
CREATE INDEX drift_reviews_application ON drift_reviews (application_id) WHERE state = 'open';
