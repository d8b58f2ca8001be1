"""What happened in a run as figures over time: plain values from the journal, which charts draw."""
