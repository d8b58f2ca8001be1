"""Worked examples: programs as users write them, which the package's own tests play."""
