"""The desk of exchange: the standard's own interface (EPCIS 2.0 REST), for programs that speak only that."""
