"""The dialect's operations. Each is at the root and where the vendor's clients look for it."""

from services.gateway.auth import Scope
from services.gateway.cloudflare import imports, policy_tests
from services.gateway.routing import Route

PREFIXES = ("", "/client/v4")
TESTS = "/accounts/{account_id}/access/policy-tests"
IMPORTS = "/accounts/{account_id}/directory/imports"

ROUTES = (
    Route("POST", TESTS, Scope.TESTS_WRITE, policy_tests.start),
    Route("GET", TESTS + "/{policy_test_id}", Scope.TESTS_READ, policy_tests.status),
    Route("GET", TESTS + "/{policy_test_id}/users", Scope.TESTS_READ, policy_tests.users),
    Route("POST", IMPORTS, Scope.DIRECTORY_WRITE, imports.upload),
    Route("GET", IMPORTS + "/{import_id}", Scope.DIRECTORY_READ, imports.status),
)
