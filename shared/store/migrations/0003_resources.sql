-- Reusable policies and rule groups, and what they refer to. Nothing refers to a policy: a test carries its own.

CREATE TABLE resource (
    account_id   uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    kind         text NOT NULL CHECK (kind IN ('policy', 'group')),
    resource_id  uuid NOT NULL,
    name         text NOT NULL,
    folded       text NOT NULL,      -- the name without its case: what a search looks into
    document     json NOT NULL,      -- what the client sent, in its order; nothing added
    bytes        integer NOT NULL,   -- of the document
    -- Not now(), when the transaction began: pages are in this order, and a new row belongs on the last one.
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (account_id, kind, resource_id)
);
CREATE INDEX resource_in_order ON resource (account_id, kind, created_at, resource_id);

-- One row for each edge, however many rules make it. Both ends are there: writers hold the account's resources.
CREATE TABLE resource_reference (
    account_id   uuid NOT NULL,
    source_kind  text NOT NULL,
    source_id    uuid NOT NULL,
    target_kind  text NOT NULL CHECK (target_kind IN ('group', 'list')),
    target_id    uuid NOT NULL,
    PRIMARY KEY (account_id, source_kind, source_id, target_kind, target_id),
    FOREIGN KEY (account_id, source_kind, source_id) REFERENCES resource ON DELETE CASCADE
);
CREATE INDEX resource_reference_target ON resource_reference (account_id, target_kind, target_id);
