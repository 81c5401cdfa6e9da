"""A project's history as one file: out, and in again."""
