"""Jobs: what any application needs that hands its work on and shows what became of it."""
