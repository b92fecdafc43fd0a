"""Nobody acts: who is paged, and until when."""
