"""What each command line word does; loaded only when that word is used."""
