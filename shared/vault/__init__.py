"""The vault: where an account's archives are kept, whole or not at all.

vault      what everybody uses: keep an archive, find it, read it, drop it, sweep what nobody has
shelf      what a place must be able to do for that
rows       the database as such a place
objects    buckets and folders as such places
places     from the URL of a place to the place
lease      bytes are somebody's while they are written, and nobody's when their writer dies
pieces     the bytes of an archive, cut evenly
errors     how keeping and reading end when they cannot be done

Does not belong here: what an archive holds, who may read it.
"""
