-- Who is in which group, indexed; what this dialect keeps of users besides their records.

-- As shared.directory.attributes.membership_label has it. The encoding of a database never changes.
CREATE FUNCTION membership_label(name text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE WHEN length(name) > 120 OR left(name, 1) = '#'
        THEN '#' || left(encode(sha256(convert_to(name, 'UTF8')), 'hex'), 32) ELSE name END
$$;

-- Names may be longer than what fits into an index.
ALTER TABLE directory_group DROP CONSTRAINT directory_group_account_id_name_key;
ALTER TABLE directory_group
    ADD COLUMN label text COLLATE "C" NOT NULL GENERATED ALWAYS AS (membership_label(name)) STORED;
ALTER TABLE directory_group ADD UNIQUE (account_id, label);
CREATE INDEX directory_group_in_order ON directory_group (account_id, created_at, group_id);

-- A user who has none is called by the e-mail address. No foreign key to users: they have none, so that imports
-- are fast; whoever deletes a user deletes this.
CREATE TABLE profile (
    account_id   uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    user_id      uuid NOT NULL,
    login        text NOT NULL,               -- the name as it was given: shown, never compared
    folded       text COLLATE "C" NOT NULL,   -- the name as it is compared
    document     json NOT NULL,               -- what the client sent, but for what is said elsewhere
    password     text,                        -- a hash; NULL: this user logs in with none
    created_at   timestamptz NOT NULL,
    created_by   text NOT NULL,
    modified_at  timestamptz NOT NULL,
    modified_by  text NOT NULL,
    PRIMARY KEY (account_id, user_id),
    UNIQUE (account_id, folded)
);

-- What is logged of memberships, by group: the members of one are asked for while others change.
CREATE INDEX posting_change_membership ON posting_change (account_id, value, sequence)
    WHERE attribute = 'membership';

-- What writers do from now on, done for the users who are there.
CREATE TEMPORARY TABLE membership ON COMMIT DROP AS
SELECT DISTINCT users.account_id, given.name, membership_label(given.name) AS label,
    (users.ordinal >> account.segment_bits)::integer AS segment,
    (users.ordinal & ((1 << account.segment_bits) - 1))::integer AS position
FROM users JOIN account USING (account_id)
CROSS JOIN LATERAL json_array_elements_text(users.groups) AS given (name)
WHERE users.valid_to = 9223372036854775807;
ANALYZE membership;

INSERT INTO directory_group
    (account_id, group_id, name, document, created_at, created_by, modified_at, modified_by)
SELECT account_id, left(encode(sha256(uuid_send(gen_random_uuid())), 'hex'), 20), name, '{}',
    statement_timestamp(), 'directory', statement_timestamp(), 'directory'
FROM (SELECT DISTINCT account_id, name FROM membership) AS named
ON CONFLICT DO NOTHING;

-- The bitmaps are written in the portable format of roaring, each of one container, for a position has 16 bits:
-- up to 4,096 positions stand one after another, more are bits of 8,192 bytes. A number is little-endian. They
-- belong to the version that stands, of which nobody has asked for them yet.
INSERT INTO posting (account_id, attribute, value, segment, valid_from, data)
WITH held AS (
    SELECT account_id, label, segment, count(*) - 1 AS last,
        string_agg(lpad(to_hex(position & 255), 2, '0') || lpad(to_hex(position >> 8), 2, '0'), ''
            ORDER BY position) AS positions
    FROM membership GROUP BY account_id, label, segment
), octet AS (
    SELECT account_id, label, segment, position >> 3 AS number, sum(1 << (position & 7))::integer AS bits
    FROM membership GROUP BY account_id, label, segment, position >> 3
), container AS (
    SELECT account_id, label, segment, last, positions AS body FROM held WHERE last < 4096
    UNION ALL
    SELECT account_id, label, segment, last,
        string_agg(lpad(to_hex(coalesce(bits, 0)), 2, '0'), '' ORDER BY number)
    FROM (SELECT account_id, label, segment, last, number FROM held
        CROSS JOIN generate_series(0, 8191) AS number WHERE last >= 4096) AS whole
    LEFT JOIN octet USING (account_id, label, segment, number)
    GROUP BY account_id, label, segment, last
)
SELECT account_id, 'membership', label, segment, account.version, decode(
    '3a300000' || '01000000' || '0000' || lpad(to_hex(last & 255), 2, '0') || lpad(to_hex(last >> 8), 2, '0')
        || '10000000' || body, 'hex')
FROM container JOIN account USING (account_id);
