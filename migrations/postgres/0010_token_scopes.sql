-- What an API token is for, and from where it may be used. A token without scopes was issued before there were any, and
-- can do what it could then (`may_write`).
ALTER TABLE api_tokens ADD COLUMN scopes TEXT COLLATE "C";
ALTER TABLE api_tokens ADD COLUMN networks TEXT COLLATE "C" NOT NULL DEFAULT '';
-- From where it was last used.
ALTER TABLE api_tokens ADD COLUMN last_used_from TEXT COLLATE "C" NOT NULL DEFAULT '';
