"""Run by the differ as a process of its own."""

from .worker import main

main()
