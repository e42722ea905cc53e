"""From stacks to a folder that can be deployed: artifacts, templates, manifest and lint.

The stages, each plain data for the next: ``sources`` (files) -> ``artifacts`` (deterministic zips, whose hash
is in their key) -> the stack (template text) -> ``manifest`` -> ``lint`` -> ``build`` (puts all of it into a
folder at once).
"""
