"""What happens to messages between sending and arrival."""
