-- name: assign
INSERT INTO assignment (account_id, policy_id, holder_kind, holder_id, created_at)
VALUES ($1, $2, $3, $4, clock_timestamp()) ON CONFLICT DO NOTHING RETURNING policy_id;

-- name: unassign
DELETE FROM assignment WHERE account_id = $1 AND policy_id = $2 AND holder_kind = $3 AND holder_id = $4
RETURNING policy_id;

-- name: unassign_all
DELETE FROM assignment WHERE account_id = $1 AND holder_kind = $2 AND holder_id = $3 RETURNING policy_id;

-- name: held
SELECT policy_id FROM assignment WHERE account_id = $1 AND holder_kind = $2 AND holder_id = $3
ORDER BY created_at, policy_id;

-- name: targets
SELECT holder_kind, holder_id FROM assignment WHERE account_id = $1 AND policy_id = $2
ORDER BY created_at, holder_kind, holder_id LIMIT $4 OFFSET $3;

-- name: number_of_targets
SELECT count(*) FROM assignment WHERE account_id = $1 AND policy_id = $2;

-- name: number
SELECT count(*) FROM assignment WHERE account_id = $1;

-- name: team
-- By key or id, in whatever case; one that is meant to the letter comes first.
SELECT team_id FROM team
WHERE account_id = $1 AND container_kind = $2 AND container_id = $3
    AND (lower(team_key) = lower($4) OR lower(team_id) = lower($4))
ORDER BY team_id = $4 DESC, team_key = $4 DESC, created_at, team_id LIMIT 1;

-- name: teams
SELECT found.* FROM unnest($2::text[]) AS wanted (team_id) CROSS JOIN LATERAL (
    SELECT team_id, container_kind, container_id, coalesce(document ->> 'title', team_key) AS title FROM team
    WHERE account_id = $1 AND team_id = wanted.team_id OFFSET 0) AS found;
