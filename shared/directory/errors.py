"""The one family of errors that the pure core raises."""


class Refused(Exception):  # noqa: N818  # the word of the domain: an input was refused
    """Input that cannot be used; the message is a sentence fragment that says why."""
