"""Resources that conditions speak about: registered here, and what references lead to.

resources  one and many: registered, read, replaced, deleted
referents  what references refer to, as documents
"""
