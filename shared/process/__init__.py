"""What every Gatehouse process does alike: settings from the environment, structured logs.

Does not belong here: anything about accounts, policies, HTTP, SQL or the queue.
"""
