"""What the bare libraries need for the same work: the floors that our own speed is measured against."""
