"""How what was received is kept: small, once, and given back byte for byte.

Owns the tables blob, original_piece, loose_object and dictionary, and the form of event.body.
"""
