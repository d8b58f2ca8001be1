"""Virtual time and the choice of who runs next, inside trio."""
