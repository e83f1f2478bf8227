"""Long work: portfolios are queued here and assessed by workers."""
