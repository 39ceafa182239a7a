"""The files that the studio and the trainer exchange; needs neither torch nor numpy."""
