-- Search by the beginnings of words, whatever case and diacritics. Contentless: the text is in
-- identities already, the index keeps row numbers only.
CREATE VIRTUAL TABLE identity_search USING fts5(
    search_text, content='', contentless_delete=1, prefix='2 3', tokenize="unicode61 remove_diacritics 2"
);
-- New identities are put in by the store, once for all rows of an import: see Dialect::fill_search.
-- Of whom the index is to be written, all at once before the commit: see Dialect::settle_search. Written with each row,
-- every change of one person would be a segment of the index, which soon has to be merged with others.
CREATE TABLE identity_search_due (seq INTEGER NOT NULL PRIMARY KEY) STRICT;
CREATE TRIGGER identity_search_update AFTER UPDATE OF search_text ON identities WHEN old.search_text IS NOT new.search_text BEGIN
    INSERT INTO identity_search_due (seq) VALUES (new.seq) ON CONFLICT (seq) DO NOTHING;
END;
CREATE TRIGGER identity_search_delete AFTER DELETE ON identities BEGIN
    DELETE FROM identity_search WHERE rowid = old.seq;
END;
