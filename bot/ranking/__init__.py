"""Which articles a channel gets, in what order, and why: quality, stories, taste, score, choice."""
