"""What a run does and in which order, decided by counters alone; needs neither torch nor numpy."""
