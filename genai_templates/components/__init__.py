"""Groups of resources that belong together, each usable alone on anyone's template.

A component takes the template, the names and what it needs by keyword, adds its resources and returns a frozen handle:
references for others to use, and the grants of what it holds.
"""
