"""Checks projects and portfolios against green-finance taxonomies."""

__version__ = "0.1.0"
