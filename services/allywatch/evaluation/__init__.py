"""How well articles are read: figures on data that is marked by hand."""
