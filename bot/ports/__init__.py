"""What the engine needs of the world, and what platforms need of the engine: at most 8 methods each."""

from bot.ports.platform import Archive, ChatPlatform, Closable, Discreet, House, Listener, PlatformKit, Standings, Vault
from bot.ports.store import (
    Articles,
    Candidates,
    Channels,
    Outbox,
    Removals,
    Retention,
    Schedules,
    Sources,
    Store,
    UnitOfWork,
    Valuations,
    Votes,
)
from bot.ports.world import Clock, Drafts, Fetcher, Handler, Jobs, Reader, Summarizer

__all__ = [
    "Archive",
    "Articles",
    "Candidates",
    "Channels",
    "ChatPlatform",
    "Clock",
    "Closable",
    "Discreet",
    "Drafts",
    "Fetcher",
    "Handler",
    "House",
    "Jobs",
    "Listener",
    "Outbox",
    "PlatformKit",
    "Reader",
    "Removals",
    "Retention",
    "Schedules",
    "Sources",
    "Standings",
    "Store",
    "Summarizer",
    "UnitOfWork",
    "Valuations",
    "Vault",
    "Votes",
]
