"""Clocks on the wall, business hours, and what was promised by them."""
