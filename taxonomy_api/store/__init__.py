"""What is remembered: organisations, keys, assessments, portfolios and their files."""
