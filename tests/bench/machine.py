"""On what was measured: figures mean nothing without it."""

import os
import platform
from pathlib import Path

import psutil
from redis.asyncio import Redis


async def described(client: Redis, folder: Path) -> str:
    """Return cores, processor, memory, Python, server, and what the store's folder lies on, as one line."""
    info = await client.info()
    kind = "Valkey" if info.get("server_name") == "valkey" else "Redis"
    version = info.get("valkey_version") or info.get("redis_version")
    memory = psutil.virtual_memory().total / 2**30
    busy = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB memory, {platform.system()}, "
        f"Python {platform.python_version()}, {kind} {version} with appendfsync always on {filesystem(folder)}, "
        f"load {busy:.1f} at the beginning"
    )


def filesystem(folder: Path) -> str:
    """Return the kind of file system that a folder lies on, as `ext4`; "unknown" where the system does not say."""
    found = [
        part
        for part in psutil.disk_partitions(all=True)
        if folder.resolve().is_relative_to(part.mountpoint) and part.fstype
    ]
    return max(found, key=lambda part: len(part.mountpoint)).fstype if found else "unknown"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
