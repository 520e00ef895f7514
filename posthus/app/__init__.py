"""Composes everything once: settings, roles, the supervisor and the command line.

The only package that reads the environment.
"""
