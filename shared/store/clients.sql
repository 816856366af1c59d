-- name: create
INSERT INTO oauth_client (account_id, client_key, name, digest, scopes) VALUES ($1, $2, $3, $4, $5);

-- name: find
-- across accounts: a client's key is how a caller says which account it is
SELECT client_key, account_id, name, digest, scopes FROM oauth_client
WHERE client_key = $1 AND revoked_at IS NULL;

-- name: revoke
UPDATE oauth_client SET revoked_at = now() WHERE account_id = $1 AND client_key = $2 AND revoked_at IS NULL
RETURNING client_key, account_id, name, digest, scopes;

-- name: end_sessions
DELETE FROM session WHERE account_id = $1 AND client_key = $2;
