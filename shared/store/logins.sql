-- name: login
SELECT login_id, username, password, scopes, enabled FROM login WHERE account_id = $1 AND folded = $2;

-- name: person
-- A profile goes with its user.
SELECT user_id, login, password FROM profile WHERE account_id = $1 AND folded = $2;

-- name: addressed
-- Who has an address, and no login name.
SELECT found.user_id, found.email, profile.password
FROM (SELECT user_id, email FROM users
    WHERE account_id = $1 AND address = $2 AND valid_to = 9223372036854775807 OFFSET 0) AS found
JOIN profile ON profile.account_id = $1 AND profile.user_id = found.user_id
WHERE profile.login IS NULL;

-- name: create
INSERT INTO login (account_id, login_id, username, folded, password, scopes) VALUES ($1, $2, $3, $4, $5, $6);

-- name: describe
SELECT login_id, username, scopes, enabled FROM login WHERE account_id = $1 AND folded = $2 FOR UPDATE;

-- name: set_password
UPDATE login SET password = $3, enabled = true WHERE account_id = $1 AND folded = $2
RETURNING login_id, username, scopes, enabled;

-- name: disable
UPDATE login SET enabled = false WHERE account_id = $1 AND folded = $2
RETURNING login_id, username, scopes, enabled;

-- name: end_sessions
DELETE FROM session WHERE account_id = $1 AND login_id = $2;
