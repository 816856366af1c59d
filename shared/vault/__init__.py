"""The vault: where an account's archives are kept, whole or not at all.

vault      what everybody uses: keep an archive, find it, read it, drop it, sweep what nobody has
shelf      what a place must be able to do for that
rows       the database as such a place
pieces     the bytes of an archive, cut evenly
errors     how keeping and reading end when they cannot be done

Does not belong here: what an archive holds, who may read it.
"""
