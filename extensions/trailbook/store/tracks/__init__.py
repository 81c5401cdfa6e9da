"""Cell tracks: which cell of a version is which of the version before, and where it came from."""
