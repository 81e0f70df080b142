"""One folder per platform; each translates between its platform and the nouns of bot.model, and decides nothing."""
