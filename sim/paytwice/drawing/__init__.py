"""Draws figures over time, over seeds and over settings with matplotlib, in one visual language."""
