"""The security scanners that people run over templates, and what they find in ours."""
