"""Texts of an archive that are replaced by others, in a document before anything else reads it.

Replaced are parts of texts, literally, each where it stands first and longest, and never what was replaced
already. Never replaced are ids, keys and words by which things of an archive name each other, names of groups
(by which users' records hold them), and names of members. A user's address is: by it users are found.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from shared.directory.errors import Refused
from shared.wire.transfer.contents import Kind

LIMIT = 100
TEXT_LIMIT = 1024
TOTAL_LIMIT = 32 * 1024
"""Characters of all of them: each job has them in its row, and a list of jobs many rows."""
TIMES_LIMIT = 1_000_000
"""How often something is replaced in one document."""
GROWTH_LIMIT = 16 * 1024 * 1024
KEPT: Mapping[Kind, Collection[str]] = {
    Kind.ROLE: ("roleKey", "permissions"),
    Kind.RESOURCE: ("reference", "type", "id"),
    Kind.GROUP: ("name", "groups"),
    Kind.POLICY: ("scope", "action", "roles", "type"),
    Kind.TEAM: ("key", "groupId", "roleKeys", "within"),
    Kind.ASSIGNMENT: ("policyId", "principalType", "principalId"),
    Kind.GRANT: ("permissioned", "roleKey", "principalType", "principalId"),
    Kind.MEMBERSHIP: ("groupId", "id"),
    Kind.LIST: ("type",),
    Kind.RULE_GROUP: ("group", "email_list", "ip_list"),
    Kind.REUSABLE_POLICY: ("group", "email_list", "ip_list", "decision", "email_list_uuid"),
}
"""Members of documents, however deep, whose values stay."""


class Substitution:
    """What is replaced by what; raises Refused for too much, or for nothing that could be found."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        if len(texts) > LIMIT or any(len(each) > TEXT_LIMIT for pair in texts.items() for each in pair):
            raise Refused(f"at most {LIMIT} texts can be substituted, each of up to {TEXT_LIMIT} characters")
        if sum(len(each) for pair in texts.items() for each in pair) > TOTAL_LIMIT:
            raise Refused(f"the texts that are substituted have at most {TOTAL_LIMIT} characters together")
        if "" in texts:
            raise Refused("an empty text cannot be substituted")
        self._texts = texts
        self._longest = sorted(texts, key=lambda text: (-len(text), text))

    def text(self, given: str) -> str:
        """A text with all that is replaced in it."""
        return self._text(given, _Growth())

    def _text(self, given: str, growth: "_Growth") -> str:
        """The same, by looking for one text after the other, each from where it was not found before.

        A regular expression of all of them would try all of them at each letter, and while it is at it no
        other thread of the process runs.
        """
        places = {text: at for text in self._longest if (at := given.find(text)) >= 0}
        found, end = list[str](), 0
        while places:
            text = min(places, key=lambda each: (places[each], -len(each)))
            growth.add(len(self._texts[text]) - len(text))
            found += (given[end : places[text]], self._texts[text])
            end = places[text] + len(text)
            for each in [each for each, at in places.items() if at < end]:
                places[each] = given.find(each, end)
                if places[each] < 0:
                    del places[each]
        return "".join((*found, given[end:])) if found else given

    def document(self, kind: Kind, given: dict[str, Any]) -> dict[str, Any]:
        """A thing's document; of somebody who is no user the name stays. Raises Refused for what grows so."""
        if not self._texts:
            return given
        kept = set(KEPT[kind])
        if given.get("principalType") != "user" and kind in (Kind.ASSIGNMENT, Kind.GRANT):
            kept.add("principalName")
        growth = _Growth()
        found: dict[str, Any] = changed(given, lambda text: self._text(text, growth), kept)
        return found


class _Growth:
    """By how many characters a document grows, and how often; more is refused before it is there."""

    def __init__(self) -> None:
        self._characters = self._times = 0

    def add(self, characters: int) -> None:
        self._characters += max(0, characters)
        self._times += 1
        if self._times > TIMES_LIMIT:
            raise Refused(f"the texts that are substituted stand in it more than {TIMES_LIMIT} times")
        if self._characters > GROWTH_LIMIT:
            raise Refused(
                f"the texts that are substituted make it longer by more than {GROWTH_LIMIT} characters"
            )


def changed(given: Any, change: Callable[[str], str], kept: Collection[str] = ()) -> Any:  # noqa: ANN401  # JSON
    """JSON with its texts changed, but for those under some members, and for names of members."""
    if isinstance(given, str):
        return change(given)
    if isinstance(given, list):
        return [changed(each, change, kept) for each in given]
    if isinstance(given, dict):
        return {
            name: value if name in kept else changed(value, change, kept) for name, value in given.items()
        }
    return given
