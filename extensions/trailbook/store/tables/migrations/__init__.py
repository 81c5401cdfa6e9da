"""Alembic's migrations; the store runs them when it opens."""
