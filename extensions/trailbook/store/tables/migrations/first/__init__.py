"""The first schema, as it was: never changed again, later migrations change what it made."""
