-- name: pin
-- The weakest lock: it waits for nobody, and only collection waits for it.
SELECT version, folded, users, next_ordinal, segment_bits FROM account WHERE account_id = $1 FOR KEY SHARE;

-- name: lock
SELECT version, folded, users, next_ordinal, segment_bits FROM account WHERE account_id = $1
FOR NO KEY UPDATE;

-- name: advance
UPDATE account SET version = $2, next_ordinal = $3, users = users + $4,
    folded = CASE WHEN $5::boolean THEN $2 ELSE folded END
WHERE account_id = $1;

-- name: folded
UPDATE account SET folded = $2 WHERE account_id = $1;

-- name: matching
-- Two look-ups rather than an OR, so that each goes through its index.
SELECT ordinal, user_id, address, email, name, groups, identity,
    coalesce(created_at, updated_at) AS created_at FROM users
WHERE account_id = $1 AND valid_to = 9223372036854775807 AND user_id = ANY($2::uuid[])
UNION ALL
SELECT ordinal, user_id, address, email, name, groups, identity,
    coalesce(created_at, updated_at) AS created_at FROM users
WHERE account_id = $1 AND valid_to = 9223372036854775807 AND address = ANY($3::text[])
    AND NOT user_id = ANY($2::uuid[]);

-- name: end
UPDATE users SET valid_to = $2
WHERE account_id = $1 AND ordinal = ANY($3::bigint[]) AND valid_to = 9223372036854775807;

-- name: ordinals
-- Those who have the address now, and those who had it then.
SELECT address, ordinal FROM users
WHERE account_id = $1 AND valid_to = 9223372036854775807 AND valid_from <= $2 AND address = ANY($3::text[])
UNION ALL
SELECT address, ordinal FROM users
WHERE account_id = $1 AND valid_to < 9223372036854775807 AND valid_from <= $2 AND valid_to > $2
    AND address = ANY($3::text[]);

-- name: people
SELECT ordinal, user_id, email, name FROM users
WHERE account_id = $1 AND valid_from <= $2 AND valid_to > $2 AND ordinal = ANY($3::bigint[])
ORDER BY ordinal;
