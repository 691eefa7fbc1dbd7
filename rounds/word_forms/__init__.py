"""A lead's update as a Word form, for those who will not sign in: made, read back, compared.

`sheet` says what the form asks, `printing` makes the file of it, `reading` finds the answers in
what came back, and `comparing` sets them beside what is saved.
"""
