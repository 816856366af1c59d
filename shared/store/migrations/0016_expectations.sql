-- What a policy test is expected to come to, and the test that it is compared with. Beside the test, not in
-- it: nobody who evaluates or polls it reads this.

CREATE TABLE policy_test_expectation (
    account_id    uuid NOT NULL,
    test_id       uuid NOT NULL,
    base_id       uuid,   -- no foreign key: a base may be removed before the test
    expectations  json,   -- all of them, every reference resolved: later edits do not reach them
    PRIMARY KEY (account_id, test_id),
    FOREIGN KEY (account_id, test_id) REFERENCES policy_test ON DELETE CASCADE
);
