-- Jobs that carry things out of an account or into it.
CREATE TABLE job (
    account_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    job_id        uuid NOT NULL,
    kind          text COLLATE "C" NOT NULL CHECK (kind IN ('export', 'import', 'results')),
    state         text COLLATE "C" NOT NULL DEFAULT 'WAITING'
        CHECK (state IN ('WAITING', 'RUNNING', 'FINISHED', 'ERROR')),
    request       json NOT NULL,      -- what is to be done
    token_id      text NOT NULL,      -- whoever asked for it, as the audit log names them
    token_name    text NOT NULL,
    submitted_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at    timestamptz,
    stopped_at    timestamptz,
    done          bigint NOT NULL DEFAULT 0,   -- of the things that it carries
    total         bigint,                      -- NULL until they are counted
    log           json NOT NULL,      -- what happened: type, message, time of each
    result        json,
    killed        boolean NOT NULL DEFAULT false,   -- somebody asked for its end
    attempt       integer NOT NULL DEFAULT 0,
    stalled       integer NOT NULL DEFAULT 0,  -- attempts in a row that came to nothing
    lease_until   timestamptz,
    hint          integer NOT NULL DEFAULT 0,
    hinted_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (account_id, job_id)
);
CREATE INDEX job_in_order ON job (account_id, submitted_at, job_id);
CREATE INDEX job_unfinished ON job (hinted_at) WHERE state IN ('WAITING', 'RUNNING');
