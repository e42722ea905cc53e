"""What runs in the emulator's process, from ``launcher`` on: ministack, and what it lacks of the services.

A module that has ``apply()`` replaces parts of ministack; ``launcher`` lists them in their order. What they take of
ministack that is not public is listed in ``private_names``: an upgrade begins with the test of that list, which names
what has gone, and goes on with the tests of the modules that use it.
"""
