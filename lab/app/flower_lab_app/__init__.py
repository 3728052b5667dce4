"""Federated logistic regression for the lab."""
