"""The generated template run on this machine, without an AWS account.

``emulator`` starts and stops the emulated AWS in a process of its own; what runs in that process begins at
``launcher``.
"""
