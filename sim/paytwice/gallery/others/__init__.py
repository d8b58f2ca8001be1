"""Merchants that look nothing like the reference merchant: the same promises are asked of them."""
