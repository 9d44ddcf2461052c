"""Ticket sources: where tickets and records are found, and how their files are read."""
