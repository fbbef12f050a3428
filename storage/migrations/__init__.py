"""The schema's history. `HEAD` spares a start the import of alembic when there is nothing to do."""

HEAD = "0006"
