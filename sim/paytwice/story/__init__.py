"""What a story can do, how it is played, and the scripts that hold one."""
