"""How messages look in Discord's client, near enough to judge a format by: a page, its markdown, and pictures of it."""
