"""Archives by themselves, in the one vault that an account has.

vaults             the vault
archive_documents  archives as clients see them
archives           archives: listed, looked up, found by a query, read, downloaded, deleted
uploads            POST …/archives
bodies             the bytes of an upload, in a form or as they are

Does not belong here: what fills archives and what empties them (`transfers`), how they are kept
(`shared.vault`).
"""
