-- Who changed what, in the transaction that changed it. Written once, never altered.

CREATE TABLE audit_entry (
    account_id     uuid NOT NULL,   -- no foreign key: what was done outlives the account
    sequence       bigint GENERATED ALWAYS AS IDENTITY,
    at             timestamptz NOT NULL DEFAULT now(),
    token_id       text NOT NULL,   -- who
    token_name     text NOT NULL,
    action         text NOT NULL CHECK (action IN ('create', 'update', 'delete', 'cancel', 'import')),
    kind           text NOT NULL,   -- of the subject: policy, group, list, user, policy_test, directory
    subject_id     uuid NOT NULL,
    before_digest  bytea,           -- SHA-256 of the document before; NULL if there was none
    after_digest   bytea,
    document       json,            -- after the change; before it, if the subject is gone
    PRIMARY KEY (account_id, sequence)
);
CREATE INDEX audit_entry_subject ON audit_entry (account_id, subject_id, sequence);

CREATE FUNCTION refuse_to_alter_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_alter_audit();
