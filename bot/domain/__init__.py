"""What the desk knows and decides: pure, synchronous, no clock, no input or output."""
