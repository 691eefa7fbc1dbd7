"""What somebody should look at before a report is issued.

A module a kind: each finds, in plain text or plain values, what looks as if it should be looked
at; none of them reads the database or fetches anything, nothing is stored and nothing is blocked.
`collected` reads a round and has all of them look at it.
"""
