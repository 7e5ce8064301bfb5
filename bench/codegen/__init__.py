"""What generating and compiling costs, for ours and for the peers' generators."""
