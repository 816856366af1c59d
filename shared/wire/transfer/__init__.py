"""What is carried from one account to another, between what an account stores and what an archive holds.

requests      what a job of a transfer is to do, as it is kept
journal       what is told of a job: its state, what happened
contents      the kinds of things that are carried, each as one document
placeholder   what stands in documents for the account that they come from
requirements  what a thing names of others
codec         things as an archive has them, and back
arrival       what becomes of things that arrive in an account

Does not belong here: how archives are written and read (`archive`), where the things are stored.
"""
