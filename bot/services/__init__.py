"""What the desk does for people: look up, let the domain decide, commit, return."""
