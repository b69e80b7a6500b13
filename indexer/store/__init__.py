"""Schema ledger and all its SQL."""
