"""What comes in: how urgent it is, where it belongs, and what says the same."""
