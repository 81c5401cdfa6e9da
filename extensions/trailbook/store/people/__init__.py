"""Persons, projects, and what people write, delete and acknowledge."""
