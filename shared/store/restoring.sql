-- Many rows at a time, those of one call of one moment; the transaction has what `restoring.hold` takes.

-- name: resources
INSERT INTO registered_resource (account_id, resource_id, reference, document, bytes,
    created_at, created_by, modified_at, modified_by)
SELECT $1::uuid, given.resource_id, given.reference, given.document, given.bytes, moment, $2::text, moment, $2::text
FROM unnest($3::text[], $4::text[], $5::json[], $6::integer[]) AS given (resource_id, reference, document, bytes),
    clock_timestamp() AS moment;

-- name: groups
INSERT INTO directory_group (account_id, group_id, name, document,
    created_at, created_by, modified_at, modified_by)
SELECT $1::uuid, given.group_id, given.name, given.document, moment, $2::text, moment, $2::text
FROM unnest($3::text[], $4::text[], $5::json[]) AS given (group_id, name, document), clock_timestamp() AS moment;

-- name: nest
INSERT INTO group_nesting (account_id, group_id, member_id)
SELECT $1::uuid, group_id, member_id FROM unnest($2::text[], $3::text[]) AS given (group_id, member_id)
ON CONFLICT DO NOTHING;

-- name: policies
INSERT INTO access_policy (account_id, policy_id, document, bytes, version,
    created_at, created_by, modified_at, modified_by)
SELECT $1::uuid, given.policy_id, given.document, given.bytes, $3::bigint, moment, $2::text, moment, $2::text
FROM unnest($4::text[], $5::json[], $6::integer[]) AS given (policy_id, document, bytes),
    clock_timestamp() AS moment;

-- name: assignments
INSERT INTO assignment (account_id, policy_id, holder_kind, holder_id, created_at)
SELECT $1::uuid, policy_id, holder_kind, holder_id, clock_timestamp()
FROM unnest($2::text[], $3::text[], $4::text[]) AS given (policy_id, holder_kind, holder_id);

-- name: grants
INSERT INTO authority_grant (account_id, grant_id, permissioned, holder_kind, holder_id, role, created_at)
SELECT $1::uuid, grant_id, permissioned, holder_kind, holder_id, role, clock_timestamp()
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
    AS given (grant_id, permissioned, holder_kind, holder_id, role);

-- name: ruled
INSERT INTO resource (account_id, kind, resource_id, name, folded, document, bytes, created_at, updated_at)
SELECT $1::uuid, $2::text, given.resource_id, given.name, given.folded, given.document, given.bytes, moment, moment
FROM unnest($3::uuid[], $4::text[], $5::text[], $6::json[], $7::integer[])
    AS given (resource_id, name, folded, document, bytes), clock_timestamp() AS moment;

-- name: refer
INSERT INTO resource_reference (account_id, source_kind, source_id, target_kind, target_id)
SELECT DISTINCT $1::uuid, $2::text, source_id, target_kind, target_id
FROM unnest($3::uuid[], $4::text[], $5::uuid[]) AS given (source_id, target_kind, target_id);
