"""What every Gatehouse process does alike: settings from the environment, logs, beginning and ending.

Does not belong here: anything about accounts, policies, HTTP, SQL or the queue.
"""
