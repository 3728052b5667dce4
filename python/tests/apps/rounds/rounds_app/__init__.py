"""Deterministic federated rounds on tiny data, by every way that Flower offers."""
