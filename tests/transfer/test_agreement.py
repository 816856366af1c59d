"""What an archive may have is what the gateway takes: where both say it for themselves, they say the same."""

from services.gateway import targets
from services.gateway.cloudcms import containers
from shared.wire.audit import Action, Subject
from shared.wire.cloudcms import references
from shared.wire.transfer.arrival import auditing, reading, twins
from shared.wire.transfer.arrival.substitution import KEPT
from shared.wire.transfer.contents import Kind


def test_the_same_kinds_are_kept_here_and_never_registered():
    assert targets.KEPT.keys() == references.KEPT


def test_the_same_datastores_have_teams():
    assert set(containers.DATASTORES.values()) == reading.TEAMABLE


def test_every_kind_is_read_and_written_down():
    for kinds in (reading.READERS, reading.DEPTH, auditing.SUBJECTS, KEPT):
        assert kinds.keys() == set(Kind)
    assert set(auditing.SUBJECTS.values()) <= set(Subject.__args__)
    assert set(auditing.ACTIONS.values()) <= set(Action.__args__)
    assert set(twins.WITH_IDS) < set(Kind)
