"""Monitoring for Flower federations."""

__version__ = "0.1.0"
