"""The desk of exchange: the standard's own interface (EPCIS 2.0 REST), so that programs that speak it need no other."""
