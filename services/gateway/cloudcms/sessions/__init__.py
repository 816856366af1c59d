"""From a password to a token, and who calls by it.

oauth           POST /oauth/token, in all the ways in which clients ask
token_requests  what such a request says
callers         the ways to send a token
"""
