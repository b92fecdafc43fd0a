"""Who must say yes, who may, and what stops a reply that has it."""
