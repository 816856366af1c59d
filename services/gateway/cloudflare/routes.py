"""The dialect's operations. Each is at the root and where the vendor's clients look for it."""

from services.gateway.auth import Scope
from services.gateway.cloudflare import (
    audit,
    comparisons,
    evaluations,
    expectations,
    exports,
    findings,
    groups,
    imports,
    lists,
    policies,
    policy_tests,
    reasons,
    test_users,
    users,
)
from services.gateway.routing import Route, Upload
from shared.wire.directory.imports import Accepted, ImportProgress

PREFIXES = ("", "/client/v4")
IMPORTS = "/accounts/{account_id}/directory/imports"

ROUTES = (
    *policy_tests.ROUTES,
    *exports.ROUTES,
    *reasons.ROUTES,
    *comparisons.ROUTES,
    *expectations.ROUTES,
    *evaluations.ROUTES,
    *findings.ROUTES,
    *test_users.ROUTES,
    Route(
        *("POST", IMPORTS, Scope.DIRECTORY_WRITE, imports.upload, "Import users from a file", Accepted, 202),
        body=Upload(tuple(imports.FORMATS)),
    ),
    Route(
        *("GET", IMPORTS + "/{import_id}", Scope.DIRECTORY_READ, imports.status),
        *("How an import goes", ImportProgress),
    ),
    *audit.ROUTES,
    *policies.ROUTES,
    *groups.ROUTES,
    *users.ROUTES,
    *lists.ROUTES,
)
