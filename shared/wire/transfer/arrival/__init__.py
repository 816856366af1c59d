"""What becomes of things that arrive in an account: pure, from documents to a list of changes.

things        the things themselves: as they arrive, as they are here, as they are to be
substitution  texts of an archive that are replaced by others
reading       from a document to a thing, or to why it is none: as if a client had sent it
rules         the same for what is of the first dialect
selection     which of the things are wanted at all
needs         what has to be known of the account
here          that
changes       what is done, as people and programs are told of it
planned       the same with what it is about
twins         what is here of the same, and the ids that things get
moving        things under other ids
settling      whom and what names of others mean here
placing       things as they are to be here
nesting       groups that are in groups: no cycles, not too deep
room          whether there is room
plan          from things that arrive and what is here to changes

Does not belong here: archives as files, SQL.
"""
