-- name: advance
INSERT INTO entitlement (account_id, version) VALUES ($1, 1)
ON CONFLICT (account_id) DO UPDATE SET version = entitlement.version + 1 RETURNING version;

-- name: versions
SELECT coalesce((SELECT version FROM entitlement WHERE account_id = $1), 0) AS entitlements, version AS directory
FROM account WHERE account_id = $1;

-- name: policies
SELECT policy_id, version FROM access_policy
WHERE account_id = $1 AND policy_id IN (SELECT policy_id FROM assignment WHERE account_id = $1);

-- name: documents
SELECT found.policy_id, found.document FROM unnest($2::text[]) AS wanted (policy_id) CROSS JOIN LATERAL (
    SELECT policy_id, document FROM access_policy
    WHERE account_id = $1 AND policy_id = wanted.policy_id OFFSET 0) AS found;

-- name: assignments
SELECT policy_id, holder_kind, holder_id FROM assignment WHERE account_id = $1 ORDER BY policy_id;

-- name: nestings
SELECT group_id, member_id FROM group_nesting WHERE account_id = $1 ORDER BY group_id, member_id;

-- name: groups
-- Those that have a policy, a role of a team or a grant, and those that lead to another group.
SELECT group_id, name FROM directory_group WHERE account_id = $1 AND group_id IN (
    SELECT holder_id FROM assignment WHERE account_id = $1 AND holder_kind = 'group'
    UNION SELECT member_id FROM group_nesting WHERE account_id = $1
    UNION SELECT group_id FROM team WHERE account_id = $1
    UNION SELECT holder_id FROM authority_grant WHERE account_id = $1 AND holder_kind = 'group');

-- name: teams
SELECT team_id, group_id, role_keys, container_kind, container_id FROM team
WHERE account_id = $1 ORDER BY created_at, team_id;

-- name: roles
SELECT role_key, document FROM custom_role WHERE account_id = $1;

-- name: grants
SELECT found.* FROM unnest($2::text[]) AS wanted (permissioned) CROSS JOIN LATERAL (
    SELECT permissioned, grant_id, role, holder_kind, holder_id FROM authority_grant
    WHERE account_id = $1 AND permissioned = wanted.permissioned OFFSET 0) AS found;
