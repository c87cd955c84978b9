"""Virtual hosts: each test that speaks to RabbitMQ gets one that nobody has used.

Making one while the broker runs would need its management plugin or a second of
``rabbitmqctl``; a few dozen empty ones at the start cost next to nothing.
"""

from __future__ import annotations

VIRTUAL_HOSTS = tuple(f"test-{number:02}" for number in range(64))
