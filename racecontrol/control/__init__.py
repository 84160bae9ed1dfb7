"""What a screen or a command may do, and what it may see."""
