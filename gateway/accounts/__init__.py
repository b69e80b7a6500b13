"""Who may speak: participants, their API keys and custodial signing keys."""
