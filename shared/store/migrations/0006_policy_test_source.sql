-- What a policy test was started with, as its client wrote it; and tests in the order they are listed in.

ALTER TABLE policy_test ADD COLUMN source json;   -- NULL: started before there was this column
CREATE INDEX policy_test_newest ON policy_test (account_id, created_at DESC, test_id);
