"""Everything that is alive in one run, built from the parts and ended in good order."""
