"""When things happen: the next run of a channel's schedule (calendar), and the pulse of the house (beat)."""
