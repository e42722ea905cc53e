"""Groups of resources that belong together, each usable alone on anyone's template.

A component takes a scope and what it needs by keyword, adds its resources and returns a frozen handle:
references for others to use, and the grants of what it holds.
"""
