-- Search by the beginnings of words, whatever case. No extension: what speaks PostgreSQL has this.
CREATE INDEX identities_search ON identities USING gin (to_tsvector('simple', search_text));
