-- name: create
INSERT INTO token (public_id, account_id, name, digest, scopes, expires_at, email)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: revoke
UPDATE token SET revoked_at = now() WHERE account_id = $1 AND public_id = $2 AND revoked_at IS NULL
RETURNING public_id;

-- name: find
-- across accounts: a token is how a caller says which account it is
SELECT account_id, name, digest, scopes, expires_at, email, session_id FROM token
WHERE public_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now());

-- name: describe
SELECT public_id, name, scopes, email, expires_at FROM token WHERE account_id = $1 AND public_id = $2;
