"""What follows from the facts of a review, as pure functions.

Its state, for whom it waits and why, whether an approval still holds, where comments belong in a
newer version, whom a text mentions, and whom something is told to.
"""
