import json
from pathlib import Path
from uuid import UUID

from services.cli import population, vocabulary
from shared.wire.cloudflare import policy_tests

EXAMPLE = Path(__file__).parents[2] / "deploy" / "example" / "policies.json"


def test_the_example_is_accepted_and_stands_for_itself():
    decoded = policy_tests.decode_start(EXAMPLE.read_bytes(), UUID(int=0)).policies
    assert {policy.decision.value for policy in decoded.policies} >= {"allow", "deny", "bypass"}
    assert decoded.references == ()


def test_the_example_speaks_of_what_generated_directories_hold():
    text = json.dumps(json.loads(EXAMPLE.read_text()), ensure_ascii=False)
    words = {
        *(vocabulary.IDP_OKTA, vocabulary.IDP_ENTRA, vocabulary.IDP_GOOGLE),
        *(vocabulary.POSTURE_ENCRYPTION, vocabulary.POSTURE_SYSTEM),
        *(population.group("security")["id"], population.group("engineering")["email"]),
    }
    assert {word for word in words if word not in text} == set()
