"""The bytes that Gatehouse accepts and emits, and their way to and from the domain.

Each HTTP dialect has its own package; the two never meet. A test of the one about documents of the other has
a module above both. What is refused is refused here, with a pointer.
Does not belong here: HTTP itself, SQL, the meaning of a rule.
"""
