-- Search by the beginnings of words, whatever case and diacritics. Contentless: the text is in
-- identities already, the index keeps row numbers only.
CREATE VIRTUAL TABLE identity_search USING fts5(
    search_text, content='', contentless_delete=1, prefix='2 3', tokenize="unicode61 remove_diacritics 2"
);
-- New identities are put in by the store, once for all rows of an import: see Dialect::fill_search.
CREATE TRIGGER identity_search_update AFTER UPDATE OF search_text ON identities WHEN old.search_text IS NOT new.search_text BEGIN
    DELETE FROM identity_search WHERE rowid = old.seq;
    INSERT INTO identity_search (rowid, search_text) VALUES (new.seq, new.search_text);
END;
CREATE TRIGGER identity_search_delete AFTER DELETE ON identities BEGIN
    DELETE FROM identity_search WHERE rowid = old.seq;
END;
