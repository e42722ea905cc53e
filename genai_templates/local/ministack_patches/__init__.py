"""Patches of ministack, for the AWS behaviours that the templates rely on and it lacks.

All of it runs in the emulator's process, from ``launcher`` on. A module that has ``apply()`` replaces parts of
ministack; ``launcher`` lists them in their order. Each names the documents of its gaps below ``docs/upstream``, whose
reproductions are run: an upgrade that closes a gap turns its test red, and the patch can go. What the patches take of
ministack that is not public is listed in ``private_names``, whose test names what an upgrade has taken away.
"""
