-- Each term is looked up by itself: where statistics call an account small, PostgreSQL would rather read all
-- postings of its segments and compare each with every term.

-- name: fetch
SELECT found.segment, term.attribute, term.value, found.data
FROM unnest($5::text[], $6::text[]) AS term (attribute, value)
CROSS JOIN LATERAL (
    SELECT segment, data FROM posting
    WHERE account_id = $1 AND attribute = term.attribute AND value = term.value
        AND segment BETWEEN $3 AND $4 AND valid_from <= $2 AND valid_to > $2 OFFSET 0
) AS found;

-- name: current
SELECT wanted.attribute, wanted.value, wanted.segment, found.data
FROM unnest($2::text[], $3::text[], $4::integer[]) AS wanted (attribute, value, segment)
CROSS JOIN LATERAL (
    SELECT data FROM posting
    WHERE account_id = $1 AND attribute = wanted.attribute AND value = wanted.value
        AND segment = wanted.segment AND valid_to = 9223372036854775807 OFFSET 0
) AS found;

-- name: end
UPDATE posting SET valid_to = $2 WHERE account_id = $1 AND ctid = ANY(ARRAY(
    SELECT found.ctid
    FROM unnest($3::text[], $4::text[], $5::integer[]) AS ended (attribute, value, segment)
    CROSS JOIN LATERAL (
        SELECT ctid FROM posting
        WHERE account_id = $1 AND attribute = ended.attribute AND value = ended.value
            AND segment = ended.segment AND valid_to = 9223372036854775807 OFFSET 0
    ) AS found));

-- name: take_log
DELETE FROM posting_change WHERE account_id = $1
RETURNING sequence, attribute, value, key, ordinal, added;
