"""A broker inside the process, for a centre that needs nothing but Python.

It promises what RabbitMQ promises: a published message is on disk before publish
returns, and it is delivered again until acknowledged, also after the process was
killed. Queues live in memory and in one SQLite file; only one process may open it.
"""

from __future__ import annotations

import asyncio
import fcntl
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import aiosqlite

from services.chassis.broker import BrokerUnavailable, Delivery, OutgoingMessage, ParkedMessage
from services.chassis.broker.topology import RETRY_LADDER, Ladder

_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    message_id TEXT NOT NULL,
    type TEXT NOT NULL,
    body BLOB NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    available_at REAL NOT NULL DEFAULT 0,
    parked_at REAL,
    reason TEXT NOT NULL DEFAULT ''
)
"""


class DataFolderInUse(RuntimeError):
    """Another process has the embedded broker's file open."""


def take_lock(broker_file: Path) -> IO[str]:
    """Keep every other process away from a broker's file until the result is closed.

    Raises:
        DataFolderInUse: another process has taken it.
    """
    lock_file = broker_file.with_suffix(".lock").open("w")
    try:
        fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock_file.close()
        raise DataFolderInUse(str(broker_file.parent)) from error
    return lock_file


@dataclass(frozen=True)
class _Stored:
    seq: int
    message_id: str
    type: str
    body: bytes
    attempt: int = 0
    available_at: float = 0.0


class _Queue:
    """One service's messages in memory: ready ones in order, and delayed ones."""

    def __init__(self) -> None:
        self.ready: deque[_Stored] = deque()
        self.delayed: list[_Stored] = []
        self.arrived = asyncio.Event()

    def put(self, message: _Stored) -> None:
        if message.available_at > time.time():
            self.delayed.append(message)
        else:
            self.ready.append(message)
        self.arrived.set()

    def put_back(self, messages: Sequence[_Stored]) -> None:
        self.ready.extendleft(reversed(messages))
        self.arrived.set()

    def take(self, limit: int) -> list[_Stored]:
        now = time.time()
        due = [message for message in self.delayed if message.available_at <= now]
        if due:
            self.delayed = [message for message in self.delayed if message.available_at > now]
            self.ready.extend(due)
        taken = [self.ready.popleft() for _ in range(min(limit, len(self.ready)))]
        self.arrived.clear()
        return taken

    def seconds_to_next(self) -> float | None:
        if not self.delayed:
            return None
        soonest = min(message.available_at for message in self.delayed)
        return max(0.0, soonest - time.time())


class EmbeddedBroker:
    """Durable queues in one process.

    Args:
        path: the SQLite file; made when missing.
        subscriptions: event types by service.
        durable: False skips waiting for the disk; only for a centre being filled.
        ladder: delays before a failed message is delivered again.
    """

    def __init__(
        self,
        path: Path,
        subscriptions: Mapping[str, Sequence[str]],
        *,
        durable: bool = True,
        ladder: Ladder = RETRY_LADDER,
    ) -> None:
        self.ladder = ladder
        self._path = path
        self._durable = durable
        self._queues = {service: _Queue() for service in subscriptions}
        self._subscribers: dict[str, list[str]] = {}
        for service, types in subscriptions.items():
            for type_ in types:
                self._subscribers.setdefault(type_, []).append(service)
        self._connection: aiosqlite.Connection | None = None
        self._lock_file: IO[str] | None = None
        self._parked = dict.fromkeys(subscriptions, 0)
        self._writing = asyncio.Lock()
        self._users = 0

    @property
    def retry_steps(self) -> int:
        """How often a message is retried before it is to be parked."""
        return len(self.ladder)

    async def start(self) -> None:
        """Open the file and load what was left in it; several services share one broker,
        the first of them opens it.

        Raises:
            DataFolderInUse: another process has it open.
        """
        self._users += 1
        if self._users > 1:
            return
        try:
            await self._open()
        except BaseException:
            await self.stop()
            raise

    async def _open(self) -> None:
        self._lock_file = take_lock(self._path)
        connection = await aiosqlite.connect(self._path, isolation_level=None)
        self._connection = connection
        await connection.execute("PRAGMA journal_mode = WAL")
        await connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'OFF'}")
        await connection.execute(_SCHEMA)
        rows = await connection.execute_fetchall(
            "SELECT queue, seq, message_id, type, body, attempt, available_at"
            " FROM messages WHERE parked_at IS NULL ORDER BY seq"
        )
        for queue, *stored in rows:
            if queue in self._queues:
                self._queues[queue].put(_Stored(*stored))
        parked = await connection.execute_fetchall(
            "SELECT queue, COUNT(*) FROM messages WHERE parked_at IS NOT NULL GROUP BY queue"
        )
        self._parked.update((str(queue), int(count)) for queue, count in parked)

    async def stop(self) -> None:
        """Close the file when the last service leaves; what is unsettled is delivered
        again after the next start.
        """
        self._users -= 1
        if self._users == 0:
            await self._close()

    async def _close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None

    async def ready(self) -> bool:
        """Whether the file is open."""
        return self._connection is not None

    async def publish(self, messages: Sequence[OutgoingMessage]) -> None:
        """Store messages for every subscriber; returns when they are on disk."""
        addressed = [
            (queue, message)
            for message in messages
            for queue in self._subscribers.get(message.type, ())
        ]
        rows = [(queue, m.id, m.type, m.body) for queue, m in addressed]
        async with self._transaction() as connection:
            first = await self._next_seq(connection)
            await connection.executemany(
                "INSERT INTO messages (queue, message_id, type, body) VALUES (?, ?, ?, ?)", rows
            )
        for seq, (queue, message) in enumerate(addressed, first):
            self._queues[queue].put(_Stored(seq, message.id, message.type, message.body))

    @staticmethod
    async def _next_seq(connection: aiosqlite.Connection) -> int:
        cursor = await connection.execute(
            "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0) + 1"
        )
        row = await cursor.fetchone()
        return int(row[0]) if row else 1

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[aiosqlite.Connection]:
        async with self._writing:
            connection = self._connection
            if connection is None:
                raise BrokerUnavailable("the embedded broker is stopped")
            await connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                await connection.execute("COMMIT")
            except BaseException:
                with suppress(Exception):
                    await connection.execute("ROLLBACK")
                raise

    @asynccontextmanager
    async def subscription(self, service: str) -> AsyncIterator[EmbeddedSubscription]:
        """Open a service's queue; unsettled messages return to it when it closes."""
        subscription = EmbeddedSubscription(self, service, self._queues[service])
        try:
            yield subscription
        finally:
            subscription.close()

    async def delete(self, seqs: Sequence[int]) -> None:
        """Forget settled messages."""
        async with self._transaction() as connection:
            await connection.executemany(
                "DELETE FROM messages WHERE seq = ?", [(seq,) for seq in seqs]
            )

    async def delay(self, message: _Stored, available_at: float, reason: str) -> _Stored:
        """Store that a message is to be delivered again later."""
        async with self._transaction() as connection:
            await connection.execute(
                "UPDATE messages SET attempt = attempt + 1, available_at = ?, reason = ?"
                " WHERE seq = ?",
                (available_at, reason, message.seq),
            )
        return replace(message, attempt=message.attempt + 1, available_at=available_at)

    async def set_aside(self, service: str, message: _Stored, reason: str) -> None:
        """Park a message."""
        async with self._transaction() as connection:
            await connection.execute(
                "UPDATE messages SET parked_at = ?, reason = ? WHERE seq = ?",
                (time.time(), reason, message.seq),
            )
        self._parked[service] += 1

    async def parked(self, service: str, limit: int = 100) -> Sequence[ParkedMessage]:
        """The messages a service has parked, oldest first."""
        if self._connection is None:
            raise BrokerUnavailable("the embedded broker is stopped")
        rows = await self._connection.execute_fetchall(
            "SELECT message_id, type, reason, parked_at, attempt, body FROM messages"
            " WHERE queue = ? AND parked_at IS NOT NULL ORDER BY seq LIMIT ?",
            (service, limit),
        )
        return [
            ParkedMessage(id_, type_, reason, datetime.fromtimestamp(at, UTC), attempt, body)
            for id_, type_, reason, at, attempt, body in rows
        ]

    async def parked_count(self, service: str) -> int:
        """How many messages a service has parked."""
        return self._parked[service]

    async def replay_parked(self, service: str, ids: Sequence[str] | None = None) -> int:
        """Return parked messages to the service's queue; all of them without ids."""
        async with self._transaction() as connection:
            rows = await connection.execute_fetchall(
                "SELECT seq, message_id, type, body FROM messages"
                " WHERE queue = ? AND parked_at IS NOT NULL ORDER BY seq",
                (service,),
            )
            chosen = [_Stored(*row) for row in rows if ids is None or row[1] in ids]
            await connection.executemany(
                "UPDATE messages SET parked_at = NULL, attempt = 0, available_at = 0, reason = ''"
                " WHERE seq = ?",
                [(message.seq,) for message in chosen],
            )
        self._parked[service] -= len(chosen)
        for message in chosen:
            self._queues[service].put(message)
        return len(chosen)


class EmbeddedDelivery:
    """A message handed to a consumer by the embedded broker."""

    def __init__(self, stored: _Stored) -> None:
        self.stored = stored

    @property
    def body(self) -> bytes:
        """The message as it was published."""
        return self.stored.body

    @property
    def type(self) -> str:
        """The event type it was published under."""
        return self.stored.type

    @property
    def attempt(self) -> int:
        """How often it has been retried."""
        return self.stored.attempt


class EmbeddedSubscription:
    """A service's open queue on the embedded broker."""

    def __init__(self, broker: EmbeddedBroker, service: str, queue: _Queue) -> None:
        self._broker = broker
        self._service = service
        self._queue = queue
        self._unsettled: dict[int, _Stored] = {}

    async def take(self, limit: int) -> Sequence[Delivery]:
        """Wait for messages; returns at least one and at most ``limit``."""
        while True:
            taken = self._queue.take(limit)
            if taken:
                self._unsettled.update((message.seq, message) for message in taken)
                return [EmbeddedDelivery(message) for message in taken]
            with suppress(TimeoutError):
                async with asyncio.timeout(self._queue.seconds_to_next()):
                    await self._queue.arrived.wait()

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """These have taken effect; forget them."""
        messages = [_stored(delivery) for delivery in deliveries]
        await self._broker.delete([message.seq for message in messages])
        for message in messages:
            self._unsettled.pop(message.seq, None)

    async def retry(self, delivery: Delivery, step: int, reason: str) -> None:
        """Deliver it again after the ladder's delay of this step."""
        message = _stored(delivery)
        _, delay = self._broker.ladder[step]
        delayed = await self._broker.delay(message, time.time() + delay.total_seconds(), reason)
        self._unsettled.pop(message.seq, None)
        self._queue.put(delayed)

    async def park(self, delivery: Delivery, reason: str) -> None:
        """Put it aside, with the reason, until somebody replays it."""
        message = _stored(delivery)
        await self._broker.set_aside(self._service, message, reason)
        self._unsettled.pop(message.seq, None)

    def close(self) -> None:
        """Return what is unsettled to the queue."""
        self._queue.put_back(list(self._unsettled.values()))
        self._unsettled.clear()


def _stored(delivery: Delivery) -> _Stored:
    if not isinstance(delivery, EmbeddedDelivery):
        raise TypeError("this delivery came from another broker")
    return delivery.stored
