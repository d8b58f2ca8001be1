"""Two runs held against each other: where they part, what chance did in each, and how they end."""
