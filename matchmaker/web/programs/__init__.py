"""Pages of programmes and calls: for everybody, and for those who run them."""
