"""The savings register: who saved what, and who answers for it."""
