"""The dialect's operations. Each is at the root and where the vendor's clients look for it."""

from services.gateway.auth import Scope
from services.gateway.cloudflare import imports, policy_tests
from services.gateway.cloudflare.query import TestUsers
from services.gateway.routing import Body, Route, Upload
from shared.wire.cloudflare.policy_tests import Progress, Row, Started, TestObject, decode_start
from shared.wire.directory.imports import Accepted, ImportProgress

PREFIXES = ("", "/client/v4")
TESTS = "/accounts/{account_id}/access/policy-tests"
IMPORTS = "/accounts/{account_id}/directory/imports"

ROUTES = (
    Route(
        *("POST", TESTS, Scope.TESTS_WRITE, policy_tests.start, "Test policies against every user", Started),
        body=Body(TestObject, decode_start, large=True),
    ),
    Route(
        *("GET", TESTS + "/{policy_test_id}", Scope.TESTS_READ, policy_tests.status),
        *("How a test goes", Progress),
    ),
    Route(
        *("GET", TESTS + "/{policy_test_id}/users", Scope.TESTS_READ, policy_tests.users),
        *("A test's users with their verdicts", list[Row]),
        query=TestUsers,
        paged=True,
    ),
    Route(
        *("POST", IMPORTS, Scope.DIRECTORY_WRITE, imports.upload, "Import users from a file", Accepted, 202),
        body=Upload(tuple(imports.FORMATS)),
    ),
    Route(
        *("GET", IMPORTS + "/{import_id}", Scope.DIRECTORY_READ, imports.status),
        *("How an import goes", ImportProgress),
    ),
)
