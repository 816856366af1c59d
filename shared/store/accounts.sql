-- name: create
INSERT INTO account (account_id, name, segment_bits) VALUES ($1, $2, $3);

-- name: exists
SELECT true FROM account WHERE account_id = $1;

-- name: name
SELECT name FROM account WHERE account_id = $1;
