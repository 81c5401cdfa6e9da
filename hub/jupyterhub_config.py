"""A workspace under `jupyterhub -f`; `trailbook hub up` needs no file at all."""

from trailbook_hub import Settings, configure, prepare

configure(c, prepare(Settings.from_environment()))  # noqa: F821 -- JupyterHub brings `c`
