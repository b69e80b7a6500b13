"""Codes on products: labels that carry a GS1 Digital Link."""
