-- name: bound_waits
-- across accounts: a setting of the transaction; reads nothing
SELECT set_config('lock_timeout', $1, true);
