-- name: sizes
SELECT
    (SELECT count(*) FROM custom_role
        WHERE account_id = $1 AND ($2::text[] IS NULL OR role_key = ANY($2))) AS roles,
    (SELECT count(*) FROM registered_resource
        WHERE account_id = $1 AND ($3::text[] IS NULL OR resource_id = ANY($3))) AS resources,
    (SELECT count(*) FROM directory_group
        WHERE account_id = $1 AND ($4::text[] IS NULL OR group_id = ANY($4))) AS groups,
    (SELECT count(*) FROM access_policy
        WHERE account_id = $1 AND ($5::text[] IS NULL OR policy_id = ANY($5))) AS policies,
    (SELECT count(*) FROM team WHERE account_id = $1 AND ($6::text[] IS NULL OR team_id = ANY($6))) AS teams,
    (SELECT count(*) FROM assignment
        WHERE account_id = $1 AND ($7::text[] IS NULL OR policy_id = ANY($7))) AS assignments,
    (SELECT count(*) FROM authority_grant
        WHERE account_id = $1 AND ($8::text[] IS NULL OR permissioned = ANY($8))) AS grants,
    (SELECT count(*) FROM list WHERE account_id = $1 AND ($9::text[] IS NULL OR list_id = ANY($9::uuid[]))) AS lists,
    (SELECT count(*) FROM resource
        WHERE account_id = $1 AND ($10::text[] IS NULL OR resource_id = ANY($10::uuid[]))) AS ruled;

-- name: policy
SELECT document FROM access_policy WHERE account_id = $1 AND policy_id = $2;

-- name: team_groups
-- The groups of some teams, and the roles that these give.
SELECT found.* FROM unnest($2::text[]) AS wanted (team_id) CROSS JOIN LATERAL (
    SELECT group_id, role_keys FROM team WHERE account_id = $1 AND team_id = wanted.team_id OFFSET 0) AS found;

-- name: holders
SELECT holder_kind, holder_id FROM assignment WHERE account_id = $1 AND policy_id = $2 AND holder_kind <> 'user';

-- name: granted
SELECT role, holder_kind, holder_id FROM authority_grant WHERE account_id = $1 AND permissioned = $2;

-- name: nested
-- Some groups, and all that are members of them.
WITH RECURSIVE reached (group_id) AS (
    SELECT unnest($2::text[]) COLLATE "C"
    UNION
    SELECT member_id FROM reached JOIN group_nesting USING (group_id) WHERE account_id = $1
)
SELECT group_id FROM reached;
