-- Lists of e-mail addresses, networks, and of what clients keep here that no rule reads.

-- Times are those of statements: a transaction may have begun before another one that it waited for.
CREATE TABLE list (
    account_id   uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    list_id      uuid NOT NULL,
    name         text NOT NULL,
    type         text NOT NULL,      -- EMAIL, IP, DOMAIN …: never changes
    description  text,
    items        integer NOT NULL,   -- how many
    digest       bytea NOT NULL,     -- of the items in their order: a write of the same ones changes nothing
    created_at   timestamptz NOT NULL DEFAULT statement_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT statement_timestamp(),
    PRIMARY KEY (account_id, list_id)
);

-- No foreign key: whoever writes items holds the account's resources, and a check for each of 100,000 rows would
-- be a third of a write.
CREATE TABLE list_item (
    account_id   uuid NOT NULL,
    list_id      uuid NOT NULL,
    number       bigint NOT NULL,    -- ascending in the order of the list, with gaps
    value        text NOT NULL,      -- as it was given: shown, never compared
    canonical    text COLLATE "C" NOT NULL,   -- of an address or a network; of anything else the value itself
    description  text,
    created_at   timestamptz NOT NULL DEFAULT statement_timestamp(),
    PRIMARY KEY (account_id, list_id, canonical)
);
CREATE INDEX list_item_order ON list_item (account_id, list_id, number);
