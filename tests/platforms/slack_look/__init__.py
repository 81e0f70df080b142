"""How messages look in Slack's client, near enough to judge a format by: a page, its mrkdwn, and pictures of it."""
