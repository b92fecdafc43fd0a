"""A client of one server whose commands travel together: what is asked for in the same moment is one trip.

A thousand timers that are due at once would else be several thousand trips, and a trip costs more than the script it is
for. Each command keeps its own answer or its own error.
"""

from collections.abc import Sequence
from typing import Any

from redis import exceptions
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection

from bot.adapters.together import Together

MOST = 32
"""Commands in one trip: the server answers nobody else between them, and a script takes up to a fifth of a ms."""
SHARED = frozenset({"EVALSHA", "EVAL", "GET", "MGET", "ZCARD"})
"""What travels together: commands whose answers redis-py hands on as they come."""


class OneRedis(Redis):
    """Sends scripts and short readings together; everything else goes redis-py's way."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._together = Together(self._trip, MOST)

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        if options or args[0] not in SHARED:
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]  # as redis-py has it
        return await self._together.ask(args)

    async def _trip(self, commands: Sequence[tuple[Any, ...]]) -> Sequence[object]:
        pool = self.connection_pool
        connection = await pool.get_connection()  # type: ignore[no-untyped-call]  # as redis-py has it
        try:
            return await _travel(connection, commands)
        except BaseException:
            # Answers may still be on their way, and would be taken for those of the next trip.
            await connection.disconnect(nowait=True)
            raise
        finally:
            await pool.release(connection)


async def _travel(connection: AbstractConnection, commands: Sequence[tuple[Any, ...]]) -> Sequence[object]:
    """Write all commands at once, and read an answer for each: an error of one is no error of the others."""
    await connection.send_packed_command(connection.pack_commands(commands))
    return [await _answer(connection) for _ in commands]


async def _answer(connection: AbstractConnection) -> object:
    try:
        answer: object = await connection.read_response()
    except exceptions.ResponseError as error:
        return error
    return answer
