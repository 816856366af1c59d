-- How the users of a test with a base stand beside it: each chunk adds its own as it is finished, so that a
-- test that is complete has been compared. `chunks` says how many have: not all of a test whose base went
-- meanwhile, or that workers of an earlier version had a part in.

CREATE TABLE policy_test_comparison (
    account_id  uuid NOT NULL,
    test_id     uuid NOT NULL,
    chunks      integer NOT NULL,
    gained      bigint NOT NULL,
    lost        bigint NOT NULL,
    undecided   bigint NOT NULL,
    decided     bigint NOT NULL,
    unchanged   bigint NOT NULL,
    joined      bigint NOT NULL,
    departed    bigint NOT NULL,   -- LEFT is a word of SQL's
    PRIMARY KEY (account_id, test_id),
    FOREIGN KEY (account_id, test_id) REFERENCES policy_test ON DELETE CASCADE
);

-- What ended long ago is forgotten, every half a minute.
CREATE INDEX job_ended ON job (stopped_at) WHERE stopped_at IS NOT NULL;
