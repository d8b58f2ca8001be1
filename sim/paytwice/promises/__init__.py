"""The promises, listed and explained."""
