-- name: directory
SELECT version, folded, users, next_ordinal, segment_bits FROM account WHERE account_id = $1;

-- name: live
SELECT segment, data FROM posting
WHERE account_id = $1 AND attribute = 'live' AND value = '' AND valid_to = 9223372036854775807;

-- name: live_changes
SELECT ordinal, added FROM posting_change
WHERE account_id = $1 AND attribute = 'live' ORDER BY sequence;

-- name: rows
-- One look-up for each: with `= ANY` all of the account would be read while nobody has analysed the table.
SELECT one.* FROM unnest($3::bigint[]) AS wanted (ordinal) CROSS JOIN LATERAL (
    SELECT user_id, email, name, identity, coalesce(created_at, updated_at) AS created_at, updated_at FROM users
    WHERE account_id = $1 AND ordinal = wanted.ordinal AND valid_from <= $2 AND valid_to > $2 LIMIT 1) AS one
ORDER BY wanted.ordinal;

-- name: get
SELECT user_id, email, name, identity, coalesce(created_at, updated_at) AS created_at, updated_at FROM users
WHERE account_id = $1 AND valid_to = 9223372036854775807 AND user_id = $2;

-- name: holder
SELECT ordinal FROM users
WHERE account_id = $1 AND valid_to = 9223372036854775807 AND address = $2;

-- name: matches
-- A part of the directory, in the order of ordinals, in which it also lies on disk. By version, or it would go
-- through one of the indexes of what stands now while nobody has analysed the table: through all of the account.
-- Small letters are made of ASCII and of the letters sought: which others there are depends on a locale.
SELECT coalesce(array_agg(ordinal ORDER BY ordinal), '{}') FROM users
WHERE account_id = $1 AND valid_from <= $2 AND valid_to > $2 AND ordinal BETWEEN $3 AND $4
    AND ($5::text IS NULL OR name = $5)
    AND ($6::text IS NULL
        OR position($6 IN CASE $7 WHEN '' THEN lower(email COLLATE "C")
            ELSE translate(lower(email COLLATE "C"), $7, $8) END) > 0
        OR position($6 IN CASE $7 WHEN '' THEN lower(name COLLATE "C")
            ELSE translate(lower(name COLLATE "C"), $7, $8) END) > 0);

-- name: wait
-- The lock of `users.lock`, which is there at once for whoever has this one.
SELECT FROM account WHERE account_id = $1 FOR NO KEY UPDATE;
