"""REST and pages."""
