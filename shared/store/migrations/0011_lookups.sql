-- Keys are found by their own index whatever the statistics say, or do not say yet. Where they call an account
-- small, or have never seen it, all indexes that begin with the account look alike to the planner, and one of
-- them reads the whole account for each key.

-- What a key is looked up by stands first: by another index of these the key cannot be found at all.
DROP INDEX users_by_id, users_by_address, users_past_by_address;
CREATE UNIQUE INDEX users_by_id ON users (user_id, account_id) WHERE valid_to = 9223372036854775807;
CREATE UNIQUE INDEX users_by_address ON users (address, account_id) WHERE valid_to = 9223372036854775807;
CREATE INDEX users_past_by_address ON users (address, account_id) WHERE valid_to < 9223372036854775807;

-- What is known of this column is of the accounts that were large yesterday: where keys are looked up many at a
-- time, better nothing. To set the type again drops what is known already.
ALTER TABLE users ALTER COLUMN account_id TYPE uuid, ALTER COLUMN account_id SET STATISTICS 0;
ALTER TABLE posting ALTER COLUMN account_id TYPE uuid, ALTER COLUMN account_id SET STATISTICS 0;
ALTER TABLE access_policy ALTER COLUMN account_id SET STATISTICS 0;
ALTER TABLE assignment ALTER COLUMN account_id SET STATISTICS 0;
ALTER TABLE authority_grant ALTER COLUMN account_id SET STATISTICS 0;
ALTER TABLE directory_group ALTER COLUMN account_id SET STATISTICS 0;
ALTER TABLE group_nesting ALTER COLUMN account_id SET STATISTICS 0;
ALTER TABLE profile ALTER COLUMN account_id SET STATISTICS 0;
ALTER TABLE registered_resource ALTER COLUMN account_id SET STATISTICS 0;
ALTER TABLE team ALTER COLUMN account_id SET STATISTICS 0;
