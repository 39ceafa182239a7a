"""Everything that computes with torch."""
