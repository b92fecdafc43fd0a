"""What the desk costs, each figure beside a baseline that is measured in the same run on the same machine."""
