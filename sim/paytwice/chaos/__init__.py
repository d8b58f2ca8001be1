"""Many runs of a story under chance: campaigns, and what a violation shrinks to."""
