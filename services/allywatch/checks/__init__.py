"""Checks of every configuration file, in one command."""
