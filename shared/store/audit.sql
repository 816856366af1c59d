-- name: record
INSERT INTO audit_entry (account_id, token_id, token_name, request_id, action, kind, subject_id, before_digest,
    after_digest, document, document_bytes)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: page
-- Newest first, from before a place in that order. Ends early where the documents grow too large, but not before
-- the first entry; `found` counts what there is without that, one more than asked for if there is a next page.
SELECT sequence, at, token_id, token_name, request_id, action, kind, subject_id, before_digest, after_digest,
    document, found
FROM (
    SELECT *, count(*) OVER () AS found,
        sum(document_bytes) OVER (ORDER BY at DESC, sequence DESC) - document_bytes AS bytes_before
    FROM (
        SELECT * FROM audit_entry
        WHERE account_id = $1 AND at >= $2 AND (at, sequence) < ($3, $4)
            AND ($5::text IS NULL OR kind = $5) AND ($6::text IS NULL OR action = $6)
            AND ($7::text IS NULL OR subject_id = $7) AND ($8::text IS NULL OR token_id = $8)
        ORDER BY at DESC, sequence DESC LIMIT $9 + 1
    ) AS asked
) AS entry
WHERE bytes_before < $10
ORDER BY at DESC, sequence DESC LIMIT $9;
