"""What the engine needs of the world, and what platforms need of the engine: at most 8 methods each."""

from bot.ports.platform import Archive, ChatPlatform, Closable, House, Listener, PlatformKit, Vault
from bot.ports.store import Articles, Channels, Outbox, Schedules, Sources, Store, UnitOfWork, Votes
from bot.ports.world import Clock, Drafts, Fetcher, Handler, Jobs, Reader, Summarizer

__all__ = [
    "Archive",
    "Articles",
    "Channels",
    "ChatPlatform",
    "Clock",
    "Closable",
    "Drafts",
    "Fetcher",
    "Handler",
    "House",
    "Jobs",
    "Listener",
    "Outbox",
    "PlatformKit",
    "Reader",
    "Schedules",
    "Sources",
    "Store",
    "Summarizer",
    "UnitOfWork",
    "Vault",
    "Votes",
]
