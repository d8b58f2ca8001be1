"""A run told in words: for people as text, for programs as JSON."""
