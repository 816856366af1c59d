-- name: reserve
INSERT INTO parcel (account_id, archive_id, place, lease_until)
VALUES ($1, $2, $3, now() + make_interval(secs => $4));

-- name: renew
UPDATE parcel SET lease_until = now() + make_interval(secs => $3)
WHERE account_id = $1 AND archive_id = $2 AND lease_until > now() AND lease_until < 'infinity' AND NOT cleared
RETURNING true;

-- name: abandon
UPDATE parcel SET lease_until = now()
WHERE account_id = $1 AND archive_id = $2 AND lease_until < 'infinity' AND NOT cleared;

-- name: lock
-- across accounts: a lock, named after the account
SELECT pg_advisory_xact_lock(hashtextextended('archives ' || $1::uuid::text, 0));

-- name: usage
SELECT count(*) AS archives, coalesce(sum(length), 0)::bigint AS bytes FROM archive
WHERE account_id = $1 AND kind = $2 AND (group_id, artifact_id, version_id) IS DISTINCT FROM ($3, $4, $5);

-- name: settle
UPDATE parcel SET lease_until = 'infinity'
WHERE account_id = $1 AND archive_id = $2 AND lease_until > now() AND NOT cleared
RETURNING true;

-- name: insert
INSERT INTO archive (account_id, archive_id, group_id, artifact_id, version_id, kind, content_type,
    title, description, published, length, digest, place, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
RETURNING created_at;

-- name: delete
DELETE FROM archive WHERE account_id = $1 AND archive_id = $2 RETURNING true;

-- name: get
SELECT archive_id, group_id, artifact_id, version_id, kind, content_type, title, description, published,
    length, digest, place, created_at, created_by
FROM archive WHERE account_id = $1 AND archive_id = $2;

-- name: find
SELECT archive_id, group_id, artifact_id, version_id, kind, content_type, title, description, published,
    length, digest, place, created_at, created_by
FROM archive WHERE account_id = $1 AND group_id = $2 AND artifact_id = $3 AND version_id = $4;

-- name: every
SELECT archive_id, group_id, artifact_id, version_id, kind, content_type, title, description, published,
    length, digest, place, created_at, created_by
FROM archive WHERE account_id = $1 ORDER BY created_at, archive_id;

-- name: put_piece
INSERT INTO parcel_piece (account_id, archive_id, number, data)
SELECT account_id, archive_id, $3, $4 FROM parcel WHERE account_id = $1 AND archive_id = $2 AND NOT cleared
RETURNING true;

-- name: piece
SELECT data FROM parcel_piece WHERE account_id = $1 AND archive_id = $2 AND number = $3;

-- name: clear_pieces
DELETE FROM parcel_piece WHERE account_id = $1 AND archive_id = $2 AND number = ANY(ARRAY(
    SELECT number FROM parcel_piece WHERE account_id = $1 AND archive_id = $2 ORDER BY number LIMIT $3))
RETURNING number;

-- name: due
-- across accounts: the sweeper serves all
SELECT account_id, archive_id, place, cleared FROM parcel
WHERE lease_until < now() AND lease_until < 'infinity' ORDER BY lease_until LIMIT $1;

-- name: linger
UPDATE parcel SET cleared = true, lease_until = now() + make_interval(secs => $3)
WHERE account_id = $1 AND archive_id = $2 AND lease_until < now();

-- name: forget
DELETE FROM parcel WHERE account_id = $1 AND archive_id = $2 AND lease_until < now();
