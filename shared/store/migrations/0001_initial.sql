-- Accounts, tokens, the versioned directory, imports, policy tests.
-- What is compared is compared byte by byte (COLLATE "C"), whatever the database's locale: it was made canonical
-- before, and is looked up a million times.
-- A version is a number per account: each committed change to its users makes the next one. A row with
-- valid_from <= v < valid_to belongs to version v; valid_to is 9223372036854775807 for what stands now.

CREATE TABLE account (
    account_id    uuid PRIMARY KEY,
    name          text NOT NULL,
    segment_bits  smallint NOT NULL CHECK (segment_bits BETWEEN 4 AND 16),
    next_ordinal  bigint NOT NULL DEFAULT 0,   -- never reused
    users         bigint NOT NULL DEFAULT 0 CHECK (users >= 0),
    version       bigint NOT NULL DEFAULT 0,   -- of the users
    folded        bigint NOT NULL DEFAULT 0 CHECK (folded <= version),   -- of the postings
    collected     bigint NOT NULL DEFAULT 0,   -- no row that ended at or before this version is left
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE token (
    public_id   text PRIMARY KEY,
    account_id  uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    name        text NOT NULL,
    digest      bytea NOT NULL,   -- SHA-256 of a secret of 256 random bits
    scopes      text[] NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz,
    revoked_at  timestamptz
);

-- No foreign key on the three tables of the directory: their one writer holds the account's row, and a check
-- for each of a million rows would be a third of an import.
CREATE TABLE users (
    account_id  uuid NOT NULL,
    ordinal     bigint NOT NULL,
    valid_from  bigint NOT NULL,
    valid_to    bigint NOT NULL DEFAULT 9223372036854775807,
    user_id     uuid NOT NULL,
    address     text COLLATE "C" NOT NULL,   -- the canonical e-mail address: compared, never shown
    email       text NOT NULL,    -- as it was given: shown, never compared
    name        text NOT NULL,
    groups      json NOT NULL,    -- names
    identity    bytea,            -- JSON of the last-seen login, as it was given: never parsed here
    PRIMARY KEY (account_id, ordinal, valid_from)
);
-- One user for one id and for one address at a time; the address index also finds who had it at a version.
CREATE UNIQUE INDEX users_by_id ON users (account_id, user_id) WHERE valid_to = 9223372036854775807;
CREATE UNIQUE INDEX users_by_address ON users (account_id, address) WHERE valid_to = 9223372036854775807;
CREATE INDEX users_past_by_address ON users (account_id, address) WHERE valid_to < 9223372036854775807;
CREATE INDEX users_ended ON users (account_id, valid_to) WHERE valid_to < 9223372036854775807;

CREATE TABLE posting (
    account_id  uuid NOT NULL,
    attribute   text COLLATE "C" NOT NULL,
    value       text COLLATE "C" NOT NULL,
    segment     integer NOT NULL,
    valid_from  bigint NOT NULL,
    valid_to    bigint NOT NULL DEFAULT 9223372036854775807,
    data        bytea NOT NULL,
    PRIMARY KEY (account_id, attribute, value, segment, valid_from)
);
ALTER TABLE posting ALTER COLUMN data SET STORAGE EXTERNAL;   -- bitmaps do not compress; do not try
CREATE INDEX posting_ended ON posting (account_id, valid_to) WHERE valid_to < 9223372036854775807;

CREATE TABLE posting_change (
    account_id  uuid NOT NULL,
    sequence    bigint GENERATED ALWAYS AS IDENTITY,   -- later wins
    attribute   text NOT NULL,
    value       text NOT NULL,
    key         bytea NOT NULL,   -- of a column's entry; empty for a bitmap
    ordinal     bigint NOT NULL,
    added       boolean NOT NULL,
    PRIMARY KEY (account_id, sequence)
);

CREATE TABLE directory_import (
    account_id       uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    import_id        uuid NOT NULL,
    state            text NOT NULL DEFAULT 'processing' CHECK (state IN ('processing', 'complete', 'failed')),
    format           text NOT NULL CHECK (format IN ('ndjson', 'csv')),
    header           bytea NOT NULL,       -- the first line of a CSV
    rows_total       bigint NOT NULL DEFAULT 0,
    rows_read        bigint NOT NULL DEFAULT 0,
    users_created    bigint NOT NULL DEFAULT 0,
    users_updated    bigint NOT NULL DEFAULT 0,
    users_unchanged  bigint NOT NULL DEFAULT 0,
    users_deleted    bigint NOT NULL DEFAULT 0,
    rows_rejected    bigint NOT NULL DEFAULT 0,
    errors           json NOT NULL,        -- the first 100, [{line, message}]
    failure          text,
    attempt          integer NOT NULL DEFAULT 0,   -- a fence: only the latest may write
    stalled          integer NOT NULL DEFAULT 0,   -- attempts since the last batch that was merged
    lease_until      timestamptz,
    hint             integer NOT NULL DEFAULT 0,
    hinted_at        timestamptz NOT NULL DEFAULT now(),
    created_at       timestamptz NOT NULL DEFAULT now(),
    finished_at      timestamptz,
    PRIMARY KEY (account_id, import_id),
    CHECK ((finished_at IS NOT NULL) = (state IN ('complete', 'failed')))
);
CREATE INDEX directory_import_open ON directory_import (hinted_at) WHERE state = 'processing';

CREATE TABLE import_block (
    account_id  uuid NOT NULL,
    import_id   uuid NOT NULL,
    number      integer NOT NULL,
    first_line  bigint NOT NULL,
    rows        integer NOT NULL,   -- as the gateway counted; a bad block may hold other than that
    data        bytea NOT NULL,
    PRIMARY KEY (account_id, import_id, number),
    FOREIGN KEY (account_id, import_id) REFERENCES directory_import ON DELETE CASCADE
);
ALTER TABLE import_block ALTER COLUMN data SET STORAGE EXTERNAL;   -- read once, soon: compressing costs more

CREATE TABLE policy_test (
    account_id       uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    test_id          uuid NOT NULL,
    state            text NOT NULL CHECK
        (state IN ('queued', 'processing', 'complete', 'exceeded_time', 'cancelled', 'failed')),
    plan             json NOT NULL,        -- every reference resolved: later edits do not reach a test
    addresses        bytea,                -- ordinals of the addresses that the plan names, at the version
    token_id         text NOT NULL,
    body_digest      bytea NOT NULL,
    idempotency_key  text,
    version          bigint,               -- of the directory; set when the test is pinned
    segment_bits     smallint NOT NULL,
    total_users      bigint NOT NULL,
    chunks           integer NOT NULL DEFAULT 0,
    chunks_done      integer NOT NULL DEFAULT 0,
    users_approved   bigint NOT NULL DEFAULT 0,
    users_blocked    bigint NOT NULL DEFAULT 0,
    users_errored    bigint NOT NULL DEFAULT 0,
    failure          text,
    attempt          integer NOT NULL DEFAULT 0,   -- of the plan job
    lease_until      timestamptz,
    hint             integer NOT NULL DEFAULT 0,
    hinted_at        timestamptz NOT NULL DEFAULT now(),
    created_at       timestamptz NOT NULL DEFAULT now(),
    started_at       timestamptz,
    finished_at      timestamptz,
    deadline         timestamptz NOT NULL,
    PRIMARY KEY (account_id, test_id),
    CHECK ((finished_at IS NULL) = (state IN ('queued', 'processing'))),
    CHECK (state = 'queued' OR version IS NOT NULL OR state IN ('cancelled', 'failed', 'exceeded_time')),
    CHECK (users_approved + users_blocked + users_errored <= total_users),
    CHECK (state <> 'complete' OR users_approved + users_blocked + users_errored = total_users)
);
CREATE INDEX policy_test_open ON policy_test (account_id) WHERE state IN ('queued', 'processing');
CREATE INDEX policy_test_ended ON policy_test (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX policy_test_pins ON policy_test (account_id, version) WHERE version IS NOT NULL;
CREATE INDEX policy_test_bodies ON policy_test (account_id, token_id, body_digest, created_at);
CREATE UNIQUE INDEX policy_test_keys ON policy_test (account_id, token_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;

CREATE TABLE policy_test_chunk (
    account_id     uuid NOT NULL,
    test_id        uuid NOT NULL,
    number         integer NOT NULL,
    first_segment  integer NOT NULL,
    last_segment   integer NOT NULL,
    state          text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'running', 'done', 'parked')),
    attempt        integer NOT NULL DEFAULT 0,   -- a fence: only the latest may write
    given_back     integer NOT NULL DEFAULT 0,   -- attempts that ended in peace, when a worker stopped
    lease_until    timestamptz,
    hint           integer NOT NULL DEFAULT 0,
    hinted_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, test_id, number),
    FOREIGN KEY (account_id, test_id) REFERENCES policy_test ON DELETE CASCADE,
    CHECK (state <> 'running' OR lease_until IS NOT NULL)
);
CREATE INDEX policy_test_chunk_open ON policy_test_chunk (hinted_at) WHERE state IN ('pending', 'running');

CREATE TABLE policy_test_result (
    account_id      uuid NOT NULL,
    test_id         uuid NOT NULL,
    segment         integer NOT NULL,
    users_approved  integer NOT NULL,
    users_blocked   integer NOT NULL,
    users_errored   integer NOT NULL,
    approved        bytea NOT NULL,   -- bitmaps of positions
    blocked         bytea NOT NULL,
    errored         bytea NOT NULL,
    PRIMARY KEY (account_id, test_id, segment),
    FOREIGN KEY (account_id, test_id) REFERENCES policy_test ON DELETE CASCADE
);
ALTER TABLE policy_test_result ALTER COLUMN approved SET STORAGE EXTERNAL;
ALTER TABLE policy_test_result ALTER COLUMN blocked SET STORAGE EXTERNAL;
ALTER TABLE policy_test_result ALTER COLUMN errored SET STORAGE EXTERNAL;
