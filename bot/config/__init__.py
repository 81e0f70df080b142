"""TOML and environment -> frozen settings; every mistake reported at once. The only room that reads the environment.

`tables` is the shape of the file, `values` the forms of single values, `mistakes` the words for what is wrong,
`environment` the secrets and the key file, `settings` what the rest of the bot is given.
"""

from bot.config.environment import Secrets, key_file_of, secret_of
from bot.config.settings import Settings, demo_settings, load, with_shards
from bot.config.values import duration

__all__ = ["Secrets", "Settings", "demo_settings", "duration", "key_file_of", "load", "secret_of", "with_shards"]
