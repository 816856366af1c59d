-- name: fetch
SELECT posting.segment, posting.attribute, posting.value, posting.data
FROM unnest($5::text[], $6::text[]) AS term (attribute, value)
JOIN posting ON posting.account_id = $1
    AND posting.attribute = term.attribute AND posting.value = term.value
    AND posting.segment BETWEEN $3 AND $4 AND posting.valid_from <= $2 AND posting.valid_to > $2
WHERE posting.account_id = $1;

-- name: current
SELECT posting.attribute, posting.value, posting.segment, posting.data
FROM unnest($2::text[], $3::text[], $4::integer[]) AS wanted (attribute, value, segment)
JOIN posting ON posting.account_id = $1
    AND posting.attribute = wanted.attribute AND posting.value = wanted.value
    AND posting.segment = wanted.segment AND posting.valid_to = 9223372036854775807
WHERE posting.account_id = $1;

-- name: end
UPDATE posting SET valid_to = $2
FROM unnest($3::text[], $4::text[], $5::integer[]) AS ended (attribute, value, segment)
WHERE posting.account_id = $1
    AND posting.attribute = ended.attribute AND posting.value = ended.value
    AND posting.segment = ended.segment AND posting.valid_to = 9223372036854775807;

-- name: take_log
DELETE FROM posting_change WHERE account_id = $1
RETURNING sequence, attribute, value, key, ordinal, added;
