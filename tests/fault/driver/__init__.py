"""The fault driver: the real desk in real processes, killed, paused and cut off while people work, and then the truth.

    python -m tests.fault --minutes 2 --seed 7

A round is a pretend Slack and X in one process, a store behind a door that loses answers, and workers that die.
Afterwards the books of the pretend X and Slack are compared with what people were told.
"""
