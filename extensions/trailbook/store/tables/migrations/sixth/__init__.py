"""The sixth schema, and the way to it; never changed again but where it calls living code."""
