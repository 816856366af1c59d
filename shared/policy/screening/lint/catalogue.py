"""How bad each kind of finding is, and what to do about it."""

from shared.policy.screening.lint.findings import Advice, Code, Level

ERROR, SECURITY = Level.ERROR, Level.SECURITY_WARNING
WARNING, SUGGESTION = Level.WARNING, Level.SUGGESTION

CATALOGUE: dict[Code, Advice] = {
    Code.NOBODY_APPROVED: Advice(ERROR, "add an `allow` policy for those who should get in"),
    Code.INCOMPLETE: Advice(SUGGESTION, "look at fewer policies at a time to have all that can be found"),
    Code.POLICY_SHADOWED: Advice(WARNING, "remove this policy, or move it before those that stand for it"),
    Code.DENY_SHADOWED: Advice(SECURITY, "move this policy before those that let the same users in"),
    Code.DENY_AFTER_EVERYONE: Advice(SECURITY, "move this policy before the one that lets everyone in"),
    Code.DENY_WITHOUT_EFFECT: Advice(
        SUGGESTION, "remove this policy: whom nothing lets in is blocked anyway"
    ),
    Code.RULE_SHADOWED: Advice(SUGGESTION, "remove this rule, or move its policy before the other"),
    Code.NEVER_MATCHES: Advice(ERROR, "take away what contradicts, or remove what never matches"),
    Code.REQUIREMENTS_CONTRADICT: Advice(
        ERROR, "put rules of which any should do in `include`: all of `require` must match"
    ),
    Code.REQUIREMENT_EXCLUDED: Advice(ERROR, "take the rule out of `require`, or out of `exclude`"),
    Code.INCLUDE_EXCLUDED: Advice(WARNING, "remove this rule, or make the excluding one narrower"),
    Code.INCLUDE_NOT_MET: Advice(WARNING, "remove this rule, or put it in a policy with other requirements"),
    Code.RULE_REPEATED: Advice(SUGGESTION, "remove this rule"),
    Code.RULE_IMPLIED: Advice(SUGGESTION, "remove this rule, or the other if this one alone was meant"),
    Code.REQUIREMENT_IMPLIED: Advice(SUGGESTION, "remove this rule, or require what `include` does not say"),
    Code.EXCLUSION_WITHOUT_EFFECT: Advice(WARNING, "correct this rule, or remove it"),
    Code.EVERYONE_ALLOWED: Advice(SECURITY, "include those who should get in, or require something of them"),
    Code.EVERYONE_BEFORE_LOGIN: Advice(SECURITY, "include networks or tokens, or use `allow`"),
    Code.ALLOW_WITHOUT_REQUIRE: Advice(
        SUGGESTION, "require a second factor, a device check or a network besides"
    ),
    Code.NETWORK_OF_ALL: Advice(SECURITY, "name the networks that are meant"),
    Code.NETWORK_PRIVATE: Advice(WARNING, "name the public addresses that these users come from"),
    Code.ONLY_MACHINES: Advice(ERROR, "use the decision `non_identity` for callers without a login"),
    Code.MACHINE_RULE: Advice(WARNING, "move this rule to a policy with the decision `non_identity`"),
    Code.MACHINE_REQUIRED: Advice(ERROR, "move this rule to a policy with the decision `non_identity`"),
    Code.LIST_EMPTY: Advice(WARNING, "put values in the list, or remove the rule"),
    Code.GROUP_EMPTY: Advice(WARNING, "correct the group, or remove the rule"),
    Code.RULE_UNDECIDABLE: Advice(WARNING, "expect errors where this rule matters, and try those by hand"),
    Code.RUN_APPROVED_NOBODY: Advice(
        WARNING, "look at the reasons of this test for what keeps all users out"
    ),
    Code.POLICY_NOT_REACHED: Advice(SUGGESTION, "remove this policy, or move it forward"),
    Code.POLICY_DECIDED_NOBODY: Advice(SUGGESTION, "remove this policy, unless it is for users to come"),
    Code.RULE_DECIDED_NOBODY: Advice(SUGGESTION, "remove this rule, unless it is for users to come"),
    Code.RULE_MATCHED_NOBODY: Advice(SUGGESTION, "look for a misspelling, or remove this rule"),
    Code.GROUP_WITHOUT_USERS: Advice(WARNING, "look for a group that was renamed, or remove this rule"),
    Code.FACT_NOT_RECORDED: Advice(WARNING, "record what this rule reads in the users' identities"),
    Code.EXPECTATION_WITHOUT_USERS: Advice(
        WARNING, "correct the rules of this expectation: whatever is expected of nobody says nothing"
    ),
    Code.EXPECTED_USER_ABSENT: Advice(WARNING, "correct these users, or take them out of the list"),
}
