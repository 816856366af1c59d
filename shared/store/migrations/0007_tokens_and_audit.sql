-- Tokens that stand for an e-mail address; what the audit log lacked before anything was written to it.

ALTER TABLE token ADD COLUMN email text COLLATE "C";   -- canonical; NULL: it stands for no address

ALTER TABLE audit_entry
    ALTER COLUMN subject_id TYPE text COLLATE "C" USING subject_id::text,   -- a token's id is no UUID
    ALTER COLUMN at SET DEFAULT clock_timestamp(),   -- an upload's transaction may have begun hours before
    ADD COLUMN request_id text,                      -- of the gateway's log; NULL for what came by another way
    ADD COLUMN document_bytes integer NOT NULL DEFAULT 0;   -- so that a page ends before it is too large
CREATE INDEX audit_entry_time ON audit_entry (account_id, at, sequence);
CREATE INDEX audit_entry_token ON audit_entry (account_id, token_id, at, sequence);
CREATE INDEX audit_entry_kind ON audit_entry (account_id, kind, at, sequence);
-- Also in a session that calls itself a replica, where ordinary triggers sleep.
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_is_append_only;
