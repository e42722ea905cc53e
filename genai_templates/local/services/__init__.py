"""What runs in the emulator's process, from ``launcher`` on: ministack, and what it lacks of the services.

A module that has ``install()`` replaces parts of ministack; ``launcher`` lists them in their order.
"""
