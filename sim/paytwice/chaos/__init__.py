"""Many runs of a story under chance: campaigns, what they found, and what they tried."""
