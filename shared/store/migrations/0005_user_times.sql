-- When users were created and last changed.

-- A version of a user is written once: that is when the user changed. Who has changed carries the time of creation
-- along; whoever has not was created when the row was written, so that an import need not say so a million times.
ALTER TABLE users
    ADD COLUMN created_at timestamptz,   -- NULL: as updated_at
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();

-- A page of users counts who came and went since the postings were made, in a log of whatever else changed.
CREATE INDEX posting_change_live ON posting_change (account_id, sequence) WHERE attribute = 'live';
