"""Reports of a test, for those who were not there: a form a module, and where they are written.

Each form is a pure function of a report and of what was asked; the same report is always the same text. What
names and sentences say cannot become markup of any form. Does not belong here: tables for the terminal, HTTP.
"""
