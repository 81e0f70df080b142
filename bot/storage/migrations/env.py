"""What Alembic runs around the steps: they go into the transaction that `bot.storage.migrate` holds open."""

from alembic import context

from bot.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
