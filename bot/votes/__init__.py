"""What an emoji means and whose vote it is. Storing votes is storage's part."""
