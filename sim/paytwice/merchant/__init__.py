"""The merchant under test: the port it implements, and the reference merchant."""
