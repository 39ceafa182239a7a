"""Trains runs of MedCare Studio outside the browser: the same run, on any number of processes."""

__version__ = "0.2.0"
