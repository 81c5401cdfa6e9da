"""The recorder: an extension of Jupyter Server that records saves and runs."""
