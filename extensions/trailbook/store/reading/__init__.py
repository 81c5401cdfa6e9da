"""What pages and panels read: the story of a notebook, its steps and its versions."""
