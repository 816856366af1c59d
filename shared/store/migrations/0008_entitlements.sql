-- The second dialect: who is entitled to what. Ids are texts here, so that what another system gave can stay.

-- Whoever changes anything of an account's below makes the next version, and is the only one meanwhile. No row:
-- nothing was ever changed.
CREATE TABLE entitlement (
    account_id  uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    version     bigint NOT NULL
);

CREATE TABLE access_policy (
    account_id   uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    policy_id    text COLLATE "C" NOT NULL,
    document     json NOT NULL,      -- what the client sent, in its order; nothing added
    bytes        integer NOT NULL,   -- of the document
    version      bigint NOT NULL,    -- of the entitlements, when it was last written
    created_at   timestamptz NOT NULL,
    created_by   text NOT NULL,
    modified_at  timestamptz NOT NULL,
    modified_by  text NOT NULL,
    PRIMARY KEY (account_id, policy_id)
);
CREATE INDEX access_policy_in_order ON access_policy (account_id, created_at, policy_id);

-- No foreign keys to holders: users have none, so that imports are fast. Whoever deletes one deletes these.
CREATE TABLE assignment (
    account_id   uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    policy_id    text COLLATE "C" NOT NULL,   -- or a system policy's key
    holder_kind  text COLLATE "C" NOT NULL CHECK (holder_kind IN ('user', 'group', 'team')),
    holder_id    text COLLATE "C" NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (account_id, policy_id, holder_kind, holder_id)
);
CREATE INDEX assignment_of_holder ON assignment (account_id, holder_kind, holder_id, created_at, policy_id);

CREATE TABLE authority_grant (
    account_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    grant_id      text COLLATE "C" NOT NULL,
    permissioned  text COLLATE "C" NOT NULL,   -- a reference in small letters
    holder_kind   text COLLATE "C" NOT NULL CHECK (holder_kind IN ('user', 'group')),
    holder_id     text COLLATE "C" NOT NULL,
    role          text COLLATE "C" NOT NULL,
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (account_id, permissioned, holder_kind, holder_id, role)
);
CREATE INDEX authority_grant_of_holder ON authority_grant (account_id, holder_kind, holder_id);

CREATE TABLE custom_role (
    account_id   uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    role_key     text COLLATE "C" NOT NULL,   -- in small letters
    document     json NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   text NOT NULL,
    modified_at  timestamptz NOT NULL,
    modified_by  text NOT NULL,
    PRIMARY KEY (account_id, role_key)
);

-- Groups of the directory. Who is in one is written in each user's record, by name.
CREATE TABLE directory_group (
    account_id   uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    group_id     text COLLATE "C" NOT NULL,
    name         text COLLATE "C" NOT NULL,
    document     json NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   text NOT NULL,
    modified_at  timestamptz NOT NULL,
    modified_by  text NOT NULL,
    PRIMARY KEY (account_id, group_id),
    UNIQUE (account_id, name)
);

CREATE TABLE group_nesting (
    account_id  uuid NOT NULL,
    group_id    text COLLATE "C" NOT NULL,   -- which has
    member_id   text COLLATE "C" NOT NULL,   -- this one as a member
    PRIMARY KEY (account_id, group_id, member_id),
    FOREIGN KEY (account_id, group_id) REFERENCES directory_group ON DELETE CASCADE,
    FOREIGN KEY (account_id, member_id) REFERENCES directory_group ON DELETE CASCADE
);
CREATE INDEX group_nesting_of_member ON group_nesting (account_id, member_id);

CREATE TABLE team (
    account_id      uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    team_id         text COLLATE "C" NOT NULL,
    container_kind  text COLLATE "C" NOT NULL,   -- `platform`, or a datastore's type
    container_id    text COLLATE "C" NOT NULL,   -- empty of the platform
    team_key        text COLLATE "C" NOT NULL,
    group_id        text COLLATE "C" NOT NULL,   -- whose members are the team's
    role_keys       text[] NOT NULL,
    document        json NOT NULL,
    created_at      timestamptz NOT NULL,
    created_by      text NOT NULL,
    modified_at     timestamptz NOT NULL,
    modified_by     text NOT NULL,
    PRIMARY KEY (account_id, team_id),
    UNIQUE (account_id, container_kind, container_id, team_key),
    FOREIGN KEY (account_id, group_id) REFERENCES directory_group
);

CREATE TABLE registered_resource (
    account_id   uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    resource_id  text COLLATE "C" NOT NULL,
    reference    text COLLATE "C" NOT NULL,   -- in small letters
    document     json NOT NULL,
    bytes        integer NOT NULL,   -- of the document
    created_at   timestamptz NOT NULL,
    created_by   text NOT NULL,
    modified_at  timestamptz NOT NULL,
    modified_by  text NOT NULL,
    PRIMARY KEY (account_id, resource_id),
    UNIQUE (account_id, reference)
);
