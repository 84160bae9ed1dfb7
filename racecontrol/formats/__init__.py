"""Bytes from outside to domain values and back. Text is cleaned here, once."""
