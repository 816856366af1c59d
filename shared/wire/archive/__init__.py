"""Archives: ZIP files that carry policies and what belongs to them from one place to another.

manifest   what an archive says of itself: where everything in it lies, and its digest
writing    from documents to the bytes of an archive, the same for the same documents
directory  the table of entries at an archive's end, checked before anything is read by it
reading    from an archive of anybody's to its documents, or a reason why not

Source: the archives that the published packager of Cloud CMS makes.
Does not belong here: where archives are kept, what becomes of their documents.
"""
