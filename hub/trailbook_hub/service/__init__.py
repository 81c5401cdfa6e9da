"""The hub's service: the API and the reader's pages, with the history of everybody."""
