-- Archives that accounts keep. A row is a whole archive: it comes when all of its bytes are where they belong.
CREATE TABLE archive (
    account_id    uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    archive_id    uuid NOT NULL,
    group_id      text COLLATE "C" NOT NULL,
    artifact_id   text COLLATE "C" NOT NULL,
    version_id    text COLLATE "C" NOT NULL,
    kind          text COLLATE "C" NOT NULL,
    content_type  text COLLATE "C" NOT NULL,
    title         text,
    description   text,
    published     boolean NOT NULL,
    length        bigint NOT NULL,
    digest        bytea NOT NULL,     -- SHA-256 of all bytes
    place         text COLLATE "C" NOT NULL,   -- of its parcel
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by    text NOT NULL,
    PRIMARY KEY (account_id, archive_id)
);
CREATE UNIQUE INDEX archive_by_coordinates ON archive (account_id, group_id, artifact_id, version_id);
CREATE INDEX archive_in_order ON archive (account_id, created_at, archive_id);

-- Bytes of an archive, wherever they are: the row comes before the first of them and goes after the last.
CREATE TABLE parcel (
    account_id   uuid NOT NULL,      -- references nothing: bytes outlive their account until they are swept
    archive_id   uuid NOT NULL,
    place        text COLLATE "C" NOT NULL,   -- `database:`, or the URL of a location
    lease_until  timestamptz NOT NULL,   -- swept after that; infinity while an archive has them
    cleared      boolean NOT NULL DEFAULT false,   -- swept once; again when the lease is over
    PRIMARY KEY (account_id, archive_id)
);
CREATE INDEX parcel_due ON parcel (lease_until) WHERE lease_until < 'infinity';

-- Whatever deletes an archive, be it with its account: whoever reads its bytes now may read them to their end.
CREATE FUNCTION leave_parcel_to_the_sweeper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE parcel SET lease_until = now() + interval '10 minutes'
    WHERE account_id = OLD.account_id AND archive_id = OLD.archive_id;
    RETURN NULL;
END $$;
CREATE TRIGGER archive_is_gone AFTER DELETE ON archive
    FOR EACH ROW EXECUTE FUNCTION leave_parcel_to_the_sweeper();

-- Bytes that are kept here.
CREATE TABLE parcel_piece (
    account_id  uuid NOT NULL,
    archive_id  uuid NOT NULL,
    number      integer NOT NULL,
    data        bytea NOT NULL,
    PRIMARY KEY (account_id, archive_id, number),
    FOREIGN KEY (account_id, archive_id) REFERENCES parcel ON DELETE CASCADE
);
ALTER TABLE parcel_piece ALTER COLUMN data SET STORAGE EXTERNAL;   -- an archive is compressed
