"""What a failing run comes down to: the smallest set of the simplest deviations, and how to keep it."""
