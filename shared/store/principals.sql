-- name: users
-- By id, by login name, by address; each look-up by itself, see users.sql. Of profiles and groups it is of the
-- first that is not before the one that is looked for: only one index has them in this order, while any that begins
-- with the account would do for PostgreSQL as long as it knows of few. The indexes of users begin with what is
-- looked for, so that by order they would lead through all accounts to what is not there.
SELECT 'id' AS by, found.user_id::text AS key, found.user_id, found.email, found.name, profile.login
FROM unnest($2::uuid[]) AS wanted (user_id)
CROSS JOIN LATERAL (
    SELECT user_id, email, name FROM users
    WHERE account_id = $1 AND user_id = wanted.user_id AND valid_to = 9223372036854775807 OFFSET 0
) AS found
LEFT JOIN LATERAL (
    SELECT user_id, login FROM profile WHERE account_id = $1 AND user_id >= found.user_id
    ORDER BY user_id LIMIT 1
) AS profile ON profile.user_id = found.user_id
UNION ALL
SELECT 'login', named.folded, found.user_id, found.email, found.name, named.login
FROM unnest($3::text[]) AS wanted (folded)
CROSS JOIN LATERAL (
    SELECT user_id, folded, login FROM profile WHERE account_id = $1 AND folded >= wanted.folded
    ORDER BY folded LIMIT 1
) AS named
CROSS JOIN LATERAL (
    SELECT user_id, email, name FROM users
    WHERE account_id = $1 AND user_id = named.user_id AND valid_to = 9223372036854775807 OFFSET 0
) AS found
WHERE named.folded = wanted.folded
UNION ALL
SELECT 'address', found.address, found.user_id, found.email, found.name, profile.login
FROM unnest($4::text[]) AS wanted (address)
CROSS JOIN LATERAL (
    SELECT user_id, address, email, name FROM users
    WHERE account_id = $1 AND address = wanted.address AND valid_to = 9223372036854775807 OFFSET 0
) AS found
LEFT JOIN LATERAL (
    SELECT user_id, login FROM profile WHERE account_id = $1 AND user_id >= found.user_id
    ORDER BY user_id LIMIT 1
) AS profile ON profile.user_id = found.user_id;

-- name: groups
SELECT 'id' AS by, found.group_id, found.name
FROM unnest($2::text[]) AS wanted (group_id)
CROSS JOIN LATERAL (
    SELECT group_id, name FROM directory_group WHERE account_id = $1 AND group_id >= wanted.group_id
    ORDER BY group_id LIMIT 1
) AS found
WHERE found.group_id = wanted.group_id
UNION ALL
SELECT 'name', found.group_id, found.name
FROM unnest($3::text[]) AS wanted (label)
CROSS JOIN LATERAL (
    SELECT group_id, name, label FROM directory_group WHERE account_id = $1 AND label >= wanted.label
    ORDER BY label LIMIT 1
) AS found
WHERE found.label = wanted.label;

-- name: memberships
SELECT found.user_id, found.groups
FROM unnest($2::uuid[]) AS wanted (user_id)
CROSS JOIN LATERAL (
    SELECT user_id, groups FROM users
    WHERE account_id = $1 AND user_id = wanted.user_id AND valid_to = 9223372036854775807 OFFSET 0
) AS found;
