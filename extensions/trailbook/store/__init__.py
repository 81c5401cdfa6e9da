"""The store: the append-only ledger, its payloads, and the views derived from them."""
