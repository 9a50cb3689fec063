-- Ended by its credential, and not looked for among all.
CREATE INDEX portal_sessions_credential ON portal_sessions (credential_id);
-- What a provider said was over.
CREATE INDEX sign_in_logouts_sid ON sign_in_logouts (provider_id, sid);
-- The outbox by where each mail stands, newest first.
CREATE INDEX mails_state ON mails (state, id);
