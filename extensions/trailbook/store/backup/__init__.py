"""Copies of a store in a folder of their own: taken while it is used, and each only what is new."""
