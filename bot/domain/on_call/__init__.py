"""Who is on call, by schedule and by what people changed."""
