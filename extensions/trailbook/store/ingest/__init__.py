"""Events on their way into the ledger: verified, in sequence, exactly once."""
