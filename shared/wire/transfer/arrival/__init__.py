"""What becomes of things that arrive in an account: pure, from documents to a list of changes.

things        the things themselves: as they arrive, as they are here, as they are to be
substitution  texts of an archive that are replaced by others
reading       from a document to a thing, or to why it is none: as if a client had sent it
rules         the same for what is of the first dialect
selection     which of the things are wanted at all
needs         what has to be known of the account
here          that
moving        things under other ids
nesting       groups that are in groups: cycles, depth
settling      whom and what names of others mean here
plan          from things that arrive and what is here to changes
room          whether there is room for them
changes       changes as people and programs are told of them

Does not belong here: archives as files, SQL.
"""
