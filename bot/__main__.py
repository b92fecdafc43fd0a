"""The command line: `python -m bot …`. Thin: each command lives in `bot.commands` and is loaded when it is used."""

import sys
from pathlib import Path
from typing import Any

import click

from bot import __version__

FOLDER = Path(".desk") / "demo"
PORT = 8765


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Replydesk: customers' complaints become Slack cards; an approved reply is published once."""


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(__version__)


@main.command()
@click.option(
    "--role",
    type=click.Choice(["all", "bot", "worker"]),
    default="all",
    show_default=True,
    help="bot listens to Slack, worker looks for posts; both do the work.",
)
@click.option("--allow-volatile", is_flag=True, help="Accept a Redis that may forget acknowledged writes.")
def run(role: str, *, allow_volatile: bool) -> None:
    """Run the desk with the settings of the environment."""
    from bot.commands.run import run_desk  # noqa: PLC0415 -- heavy, and `--help` must be quick

    flags: dict[str, Any] = {"allow_volatile": True} if allow_volatile else {}
    sys.exit(run_desk(role, flags))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def check(*, as_json: bool) -> None:
    """Say what is missing before the desk can run, and the next step for each."""
    from bot.commands.check import check_desk  # noqa: PLC0415 -- heavy, and `--help` must be quick

    sys.exit(check_desk(machine_readable=as_json))


@main.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=PORT,
    show_default=True,
    help="Where the page is served, on this machine only; 0 takes a free one.",
)
@click.option("--fresh", is_flag=True, help="Forget what an earlier demo left behind.")
@click.option("--walk", is_flag=True, help="Live through the whole story by itself, without a browser.")
@click.option("--quiet", is_flag=True, help="No complaints come in by themselves.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=FOLDER, show_default=True, help="Where it keeps its state."
)
def demo(port: int, folder: Path, *, fresh: bool, walk: bool, quiet: bool) -> None:
    """Start everything with a pretend Slack and a pretend X: no accounts, no network."""
    if walk:
        from bot.commands.walk import walk_through  # noqa: PLC0415 -- heavy, and `--help` must be quick

        sys.exit(walk_through())
    from bot.commands.demo import run_demo  # noqa: PLC0415 -- heavy, and `--help` must be quick

    sys.exit(run_demo(port=port, folder=folder, fresh=fresh, trickle=not quiet))


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--speed",
    default=0.0,
    show_default=True,
    help="60: an hour of posts in a minute. 0: as fast as the desk looks at X.",
)
@click.option(
    "--sandbox", "address", default=f"http://127.0.0.1:{PORT}", show_default=True, help="Where the demo runs."
)
@click.option("--brand", default="@LumenShop", show_default=True, help="What @brand in the posts stands for.")
@click.option("--from-line", default=1, show_default=True, help="Go on here after an interruption.")
def replay(file: Path, speed: float, address: str, brand: str, from_line: int) -> None:
    """Post a file of posts (JSON lines) into the pretend X of a running demo."""
    from bot.commands.replay import replay_file  # noqa: PLC0415 -- heavy, and `--help` must be quick

    sys.exit(replay_file(file, speed=speed, address=address, brand=brand, from_line=from_line))


@main.group()
def policy() -> None:
    """Work with the house rules."""


@policy.command("check")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option(
    "--replay",
    "posts",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of posts (JSON lines): what this policy would have decided differently.",
)
@click.option(
    "--against",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The policy to compare with; else the one in use.",
)
def policy_check(file: Path | None, posts: Path | None, against: Path | None) -> None:
    """Say what is wrong with a policy file, all at once."""
    from bot.commands.policy import check_policy  # noqa: PLC0415 -- heavy, and `--help` must be quick

    if posts is None:
        sys.exit(check_policy(file))
    from bot.commands.policy_replay import replay_policy  # noqa: PLC0415 -- as above

    sys.exit(check_policy(file) or replay_policy(posts, new=file, old=against))


if __name__ == "__main__":
    main()
