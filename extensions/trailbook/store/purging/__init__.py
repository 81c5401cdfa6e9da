"""Taking content out of the store for good, so that no search over its bytes finds it."""
