"""Words of customers and of the desk: made safe, compared, counted."""
