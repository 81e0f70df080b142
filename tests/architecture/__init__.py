"""The rules of the house as data, and the checks that enforce them by reading the source; no code is imported."""
