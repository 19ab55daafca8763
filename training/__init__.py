"""Rebuilds the models of `allywatch.classes` from named inputs: `python -m training --data FOLDER`."""
