"""The database: its tables, their migrations, its connections, and the payloads in it."""
