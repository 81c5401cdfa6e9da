"""The workspace: JupyterHub's configuration, its spawner backends, and the hub's service."""
