"""The history of notebooks in a git repository, into the ledger."""
