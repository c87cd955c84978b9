"""Private PostgreSQL and RabbitMQ instances for tests and benchmarks.

``python -m tests.instances -- COMMAND`` runs a command beside one of each. A test that breaks
things on purpose starts its own::

    with PrivateRabbitMQ() as broker:
        broker.pause()      # frozen: connections stay open, nothing answers
        broker.resume()
        broker.restart()    # same port, same data

Every instance listens on a free loopback port, keeps its files in a folder of its own, and is
gone, files and all, after ``stop``.
"""
