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

-- The queries below look each key up by itself: before a table was ever analysed, as during and after a first
-- import, PostgreSQL would rather go through all users of the account and compare each with every key.

-- name: matching
SELECT found.ordinal, found.user_id, found.address, found.email, found.name, found.groups, found.identity,
    timestamptz_send(coalesce(found.created_at, found.updated_at)) AS created_at
FROM (SELECT DISTINCT unnest($2::uuid[])) AS wanted (user_id)
CROSS JOIN LATERAL (
    SELECT * FROM users
    WHERE account_id = $1 AND user_id = wanted.user_id AND valid_to = 9223372036854775807 OFFSET 0
) AS found
UNION ALL
SELECT found.ordinal, found.user_id, found.address, found.email, found.name, found.groups, found.identity,
    timestamptz_send(coalesce(found.created_at, found.updated_at)) AS created_at
FROM (SELECT DISTINCT unnest($3::text[])) AS wanted (address)
CROSS JOIN LATERAL (
    SELECT * FROM users
    WHERE account_id = $1 AND address = wanted.address AND valid_to = 9223372036854775807 OFFSET 0
) AS found
WHERE NOT found.user_id = ANY($2::uuid[]);

-- name: end
-- Of each ordinal the newest row, in the order of the primary key: a condition on valid_to would let the
-- partial indexes in, which know nothing of ordinals.
UPDATE users SET valid_to = $2 WHERE account_id = $1 AND ctid = ANY(ARRAY(
    SELECT newest.ctid FROM unnest($3::bigint[]) AS ended (ordinal)
    CROSS JOIN LATERAL (
        SELECT ctid, valid_to FROM users
        WHERE account_id = $1 AND ordinal = ended.ordinal ORDER BY valid_from DESC LIMIT 1
    ) AS newest
    WHERE newest.valid_to = 9223372036854775807));

-- name: ordinals
-- Those who have the address now, and, if anybody has changed since then, those who had it then.
SELECT wanted.address, found.ordinal
FROM unnest($3::text[]) AS wanted (address)
CROSS JOIN LATERAL (
    SELECT ordinal FROM users
    WHERE account_id = $1 AND address = wanted.address AND valid_to = 9223372036854775807 AND valid_from <= $2
    UNION ALL
    SELECT ordinal FROM users
    WHERE account_id = $1 AND address = wanted.address AND valid_to < 9223372036854775807
        AND valid_from <= $2 AND valid_to > $2
        AND (SELECT EXISTS (SELECT FROM users
            WHERE account_id = $1 AND valid_to < 9223372036854775807 AND valid_to > $2))
    OFFSET 0
) AS found;

-- name: ordinals_by_id
-- Those who are as they were then, and those who were changed or removed since: their rows ended after it.
SELECT wanted.user_id, found.ordinal
FROM unnest($3::uuid[]) AS wanted (user_id)
CROSS JOIN LATERAL (
    SELECT ordinal FROM users
    WHERE account_id = $1 AND user_id = wanted.user_id AND valid_to = 9223372036854775807 AND valid_from <= $2
    OFFSET 0
) AS found
UNION ALL
SELECT user_id, ordinal FROM users
WHERE account_id = $1 AND valid_to < 9223372036854775807 AND valid_to > $2 AND valid_from <= $2
    AND user_id = ANY($3::uuid[]);

-- name: people
SELECT found.ordinal, found.user_id, found.email, found.name
FROM unnest($3::bigint[]) AS wanted (ordinal)
CROSS JOIN LATERAL (
    SELECT ordinal, user_id, email, name FROM users
    WHERE account_id = $1 AND ordinal = wanted.ordinal AND valid_from <= $2 AND valid_to > $2 OFFSET 0
) AS found;

-- name: as_of
SELECT address, identity FROM users
WHERE account_id = $1 AND ordinal = $2 AND valid_from <= $3 AND valid_to > $3;
