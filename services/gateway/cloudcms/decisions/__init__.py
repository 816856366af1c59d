"""May they, what may they, which policies count, and why. Writes nothing.

asking      what is asked about, and by which name
questions   many questions at once, answered from one view of the account
thinking    how long answers may take, and where they are found
checks      yes or no about policies and principals, thousands at a time
access      yes or no, or all that one may, about any resource
reasons     why, for programs and for people
collection  the policies in force
"""
