"""The Cloudflare Access dialect: rules with one odd key, one envelope for all answers, codes from 1000 up.

Source: Cloudflare's published API description and official clients (Python 5.9, TypeScript 7.3).
Does not belong here: the other dialect, HTTP statuses.
"""
