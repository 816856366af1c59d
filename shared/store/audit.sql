-- name: record
INSERT INTO audit_entry (account_id, token_id, token_name, action, kind, subject_id, before_digest,
    after_digest, document)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);
