-- name: begin
-- What is held has to be there: before anything was ever granted or assigned it is not.
INSERT INTO entitlement (account_id, version) VALUES ($1, 0) ON CONFLICT DO NOTHING;

-- name: hold
-- Whoever grants or assigns holds this row, and looks for its principals while it does.
SELECT version FROM entitlement WHERE account_id = $1 FOR UPDATE;

-- name: traces
-- Whether anything is kept of some users; in most accounts nothing of anybody, which costs one look each.
SELECT (EXISTS (SELECT FROM profile WHERE account_id = $1) AND EXISTS (
        SELECT FROM unnest($2::uuid[]) AS gone (user_id) CROSS JOIN LATERAL (
            SELECT user_id FROM profile WHERE account_id = $1 AND user_id >= gone.user_id
            ORDER BY user_id LIMIT 1) AS found WHERE found.user_id = gone.user_id))
    OR (EXISTS (SELECT FROM assignment WHERE account_id = $1) AND EXISTS (
        SELECT FROM unnest($2::uuid[]) AS gone (user_id) CROSS JOIN LATERAL (
            SELECT FROM assignment WHERE account_id = $1 AND holder_kind = 'user'
                AND holder_id = gone.user_id::text OFFSET 0) AS found))
    OR (EXISTS (SELECT FROM authority_grant WHERE account_id = $1) AND EXISTS (
        SELECT FROM unnest($2::uuid[], $3::text[]) AS gone (user_id, reference) CROSS JOIN LATERAL (
            SELECT FROM authority_grant WHERE account_id = $1 AND holder_kind = 'user'
                AND holder_id = gone.user_id::text
            UNION ALL
            SELECT FROM authority_grant WHERE account_id = $1 AND permissioned = gone.reference
            OFFSET 0) AS found));

-- name: profiles
DELETE FROM profile WHERE account_id = $1 AND ctid = ANY(ARRAY(
    SELECT found.ctid FROM unnest($2::uuid[]) AS gone (user_id) CROSS JOIN LATERAL (
        SELECT ctid FROM profile WHERE account_id = $1 AND user_id = gone.user_id OFFSET 0) AS found));

-- name: assignments
DELETE FROM assignment WHERE account_id = $1 AND ctid = ANY(ARRAY(
    SELECT found.ctid FROM unnest($3::text[]) AS gone (holder_id) CROSS JOIN LATERAL (
        SELECT ctid FROM assignment
        WHERE account_id = $1 AND holder_kind = $2 AND holder_id = gone.holder_id OFFSET 0) AS found));

-- name: grants
DELETE FROM authority_grant WHERE account_id = $1 AND ctid = ANY(ARRAY(
    SELECT found.ctid FROM unnest($3::text[]) AS gone (holder_id) CROSS JOIN LATERAL (
        SELECT ctid FROM authority_grant
        WHERE account_id = $1 AND holder_kind = $2 AND holder_id = gone.holder_id OFFSET 0) AS found));

-- name: grants_on
DELETE FROM authority_grant WHERE account_id = $1 AND ctid = ANY(ARRAY(
    SELECT found.ctid FROM unnest($2::text[]) AS gone (reference) CROSS JOIN LATERAL (
        SELECT ctid FROM authority_grant WHERE account_id = $1 AND permissioned = gone.reference OFFSET 0
    ) AS found));
