"""The Cloudflare Access dialect over HTTP: its routes, handlers, envelope, codes.

Does not belong here: what the bytes mean (`shared.wire.cloudflare`), the other dialect.
"""
