-- name: begin
INSERT INTO session (account_id, session_id, digest, client_key, login_id, user_id, name, scopes,
    password_digest, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + make_interval(days => $10));

-- name: crowd_out
DELETE FROM session WHERE account_id = $1 AND ctid = ANY(ARRAY(
    SELECT ctid FROM session WHERE account_id = $1 AND (login_id = $2 OR user_id = $3)
    ORDER BY created_at DESC OFFSET $4));

-- name: find
-- across accounts: a token is how a caller says which account it is
-- With its client in force, whoever it is of still there (a profile goes with its user), and the password still
-- the one that began it.
SELECT session.session_id, session.account_id, session.digest, session.client_key, session.login_id,
    session.user_id, session.name
FROM session JOIN oauth_client AS client USING (account_id, client_key)
WHERE session.session_id = $1 AND session.expires_at > now() AND client.revoked_at IS NULL
    AND session.password_digest = sha256(convert_to(CASE WHEN session.user_id IS NULL
        THEN (SELECT login.password FROM login
            WHERE login.account_id = session.account_id AND login.login_id = session.login_id AND login.enabled)
        ELSE (SELECT profile.password FROM profile
            WHERE profile.account_id = session.account_id AND profile.user_id = session.user_id)
        END, 'UTF8'));

-- name: prolong
UPDATE session SET expires_at = now() + make_interval(days => $3) WHERE account_id = $1 AND session_id = $2
RETURNING name, scopes;

-- name: grant
INSERT INTO token (account_id, public_id, name, digest, scopes, expires_at, session_id, created_at)
VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6), $7, clock_timestamp());

-- name: crowd_out_tokens
DELETE FROM token WHERE account_id = $1 AND ctid = ANY(ARRAY(
    SELECT ctid FROM token WHERE account_id = $1 AND session_id = $2
    ORDER BY created_at DESC OFFSET $3));

-- name: end
DELETE FROM session WHERE account_id = $1 AND session_id = $2;
