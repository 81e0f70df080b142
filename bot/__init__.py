"""The engine: reads sources, picks articles, says them in their takeaways, keeps votes. Knows no chat platform."""
