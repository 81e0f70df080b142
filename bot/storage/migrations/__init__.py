"""The steps that bring a database to this version's tables, oldest first, in `versions/`; none is ever edited."""
