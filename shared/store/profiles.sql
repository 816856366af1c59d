-- name: by_id
-- Each look-up by itself; of profiles the first that is not before the one that is looked for, see principals.sql.
SELECT found.*, profile.login, profile.document, profile.created_by, profile.modified_at, profile.modified_by,
    coalesce(profile.has_password, false) AS has_password
FROM unnest($2::uuid[]) AS wanted (user_id)
CROSS JOIN LATERAL (
    SELECT ordinal, user_id, email, name, coalesce(created_at, updated_at) AS created_at, updated_at FROM users
    WHERE account_id = $1 AND user_id = wanted.user_id AND valid_to = 9223372036854775807 OFFSET 0) AS found
LEFT JOIN LATERAL (
    SELECT user_id, login, document, created_by, modified_at, modified_by, password IS NOT NULL AS has_password
    FROM profile WHERE account_id = $1 AND user_id >= found.user_id ORDER BY user_id LIMIT 1
) AS profile ON profile.user_id = found.user_id
ORDER BY found.ordinal;

-- name: by_ordinal
SELECT found.*, profile.login, profile.document, profile.created_by, profile.modified_at, profile.modified_by,
    coalesce(profile.has_password, false) AS has_password
FROM unnest($3::bigint[]) AS wanted (ordinal)
CROSS JOIN LATERAL (
    SELECT ordinal, user_id, email, name, coalesce(created_at, updated_at) AS created_at, updated_at FROM users
    WHERE account_id = $1 AND ordinal = wanted.ordinal AND valid_from <= $2 AND valid_to > $2 LIMIT 1) AS found
LEFT JOIN LATERAL (
    SELECT user_id, login, document, created_by, modified_at, modified_by, password IS NOT NULL AS has_password
    FROM profile WHERE account_id = $1 AND user_id >= found.user_id ORDER BY user_id LIMIT 1
) AS profile ON profile.user_id = found.user_id
ORDER BY found.ordinal;

-- name: put
INSERT INTO profile (account_id, user_id, login, folded, document, created_at, created_by, modified_at, modified_by)
SELECT $1::uuid, $2::uuid, $3::text, $4::text, $5::json, moment, $6::text, moment, $6::text
FROM clock_timestamp() AS moment
ON CONFLICT (account_id, user_id) DO UPDATE SET login = excluded.login, folded = excluded.folded,
    document = excluded.document, modified_at = excluded.modified_at, modified_by = excluded.modified_by;

-- name: set_password
UPDATE profile SET password = $3 WHERE account_id = $1 AND user_id = $2;
