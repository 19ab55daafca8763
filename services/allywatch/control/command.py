"""`allywatch alerts`, `allywatch alert …`, `allywatch retract` and `allywatch activate`."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import datetime

    from allywatch.control.answers import Answer
    from allywatch.control.orders import AlertName

alert_app = typer.Typer(
    no_args_is_help=True, help="Decide about an alert: ack, mute, unmute, resolve, cancel."
)

Key = Annotated[
    str, typer.Argument(help="rule:REGION; or rule:REGION:7, which decides about that episode alone.")
]
By = Annotated[str | None, typer.Option("--by", help="Who decides. Default: the user of this computer.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for others to read.")]
Episode = Annotated[
    str | None, typer.Option("--episode", help="Decide about this episode alone, such as rule:REGION:7.")
]
Wait = Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for the score workers' answer.")]


@alert_app.command()
def ack(key: Key, by: By = None, reason: Reason = "", episode: Episode = None, wait: Wait = 5.0) -> None:
    """Somebody is on it: a firing alert is acknowledged, together with the evidence known now."""
    _decide("acknowledge", key, by, reason, episode, wait)


@alert_app.command()
def mute(
    key: Key,
    until: Annotated[
        str | None, typer.Option("--until", help="8h, 3d or 2026-05-01T12:00Z. Default: until unmuted.")
    ] = None,
    by: By = None,
    reason: Reason = "",
    episode: Episode = None,
    wait: Wait = 5.0,
) -> None:
    """Be told nothing of this alert; its transitions go on, marked as muted."""
    _decide("mute", key, by, reason, episode, wait, until)


@alert_app.command()
def unmute(key: Key, by: By = None, reason: Reason = "", episode: Episode = None, wait: Wait = 5.0) -> None:
    """Be told of it again."""
    _decide("unmute", key, by, reason, episode, wait)


@alert_app.command()
def resolve(key: Key, by: By = None, reason: Reason = "", episode: Episode = None, wait: Wait = 5.0) -> None:
    """It is over. It opens again only after its value fell below the rule's second threshold."""
    _decide("resolve", key, by, reason, episode, wait)


@alert_app.command()
def cancel(key: Key, by: By = None, reason: Reason = "", episode: Episode = None, wait: Wait = 5.0) -> None:
    """It was a mistake."""
    _decide("cancel", key, by, reason, episode, wait)


def alerts(
    region: Annotated[
        list[str] | None, typer.Option(help="Only this region, or members of this group; repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One alert as JSON per line.")] = False,
) -> None:
    """List the alerts that are open now."""
    from allywatch.client import RiskReader
    from allywatch.config import KafkaSettings
    from allywatch.control.listing import open_alerts, plain, table

    kafka = KafkaSettings()
    connection = kafka.for_kafka_python() | {"bootstrap_servers": kafka.servers}
    with RiskReader(kafka.bootstrap, **connection) as reader:
        found = open_alerts(reader.catch_up().values(), region or ())
    if as_json:
        for each in found:
            typer.echo(plain(each))
    elif found:
        from rich.console import Console

        Console().print(table(found))
    else:
        typer.echo("No alert is open.")


def retract(
    doc_id: Annotated[str, typer.Argument(help="The article or event, as in `id` of its message.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for others to read.")],
) -> None:
    """Withdraw a document from every region, in all its versions. What stood on it alone is cancelled."""
    from allywatch.config import KafkaSettings
    from allywatch.control.orders import withdrawal
    from allywatch.control.sending import send

    _check_length("a document id", doc_id, 512)
    _check_length("a reason", reason, 2_000)
    sent = send(KafkaSettings(), withdrawal(doc_id, reason, _now()))
    typer.echo(f"Withdrawn: told all {len(sent)} partitions. It counts no more, also if it comes again.")


def activate() -> None:
    """Put the method of this release in force. Score workers that hold another one stop there."""
    from allywatch.config import KafkaSettings
    from allywatch.control.activating import activate_installed

    method, sent = activate_installed(KafkaSettings(), _now())
    where = ", ".join(f"{partition}:{offset}" for partition, offset in sorted(sent.items()))
    typer.echo(f"Method {method.version} ({method.digest[:12]}) is in force from inputs {where} on.")


def _decide(
    action: str,
    key: str,
    by: str | None,
    reason: str,
    episode: str | None,
    wait: float,
    until: str | None = None,
) -> None:
    from getpass import getuser

    from allywatch.config import KafkaSettings
    from allywatch.control.orders import decision
    from allywatch.control.sending import send_and_listen
    from allywatch.moments import parse_moment
    from allywatch_schemas import AlertAction

    now = _now()
    alert = _alert(key, episode)
    end = parse_moment(until, now, ahead=True) if until else None
    if reason:
        _check_length("a reason", reason, 2_000)
    order = decision(alert, AlertAction(action), by or getuser(), now, reason, end)
    answer = send_and_listen(KafkaSettings(), order, alert.region, wait)
    _tell(answer, alert, action)


def _alert(key: str, episode: str | None) -> "AlertName":
    from allywatch.control.orders import AlertName
    from allywatch.errors import AllywatchError
    from allywatch.regions import load_registry

    regions = load_registry().regions
    alert = AlertName.parse(key, regions)
    if episode is None:
        return alert
    named = AlertName.parse(episode, regions)
    if named.key != alert.key or named.episode is None:
        raise AllywatchError(f"{episode!r} is no episode of {alert.key}. Write {alert.key}:7.")
    return named


def _tell(answer: "Answer", alert: "AlertName", action: str) -> None:
    from allywatch.control.answers import Outcome
    from allywatch.errors import AllywatchError
    from allywatch.terminal import printable

    if answer.alert is not None:
        typer.echo(f"{answer.alert.episode} is {answer.alert.state} (revision {answer.alert.revision}).")
    elif answer.outcome is Outcome.REFUSED:
        raise AllywatchError(f"{printable(answer.detail)}. `allywatch alerts` lists what is open.")
    elif answer.outcome is Outcome.UNHEARD:
        typer.echo("Sent. No score worker has come to it yet; it will be carried out when one does.")
    elif answer.outcome is Outcome.APPLIED:
        typer.echo(f"{alert.key} is {action}d.")
    else:
        typer.echo("It changed nothing: another episode is open, or none.")


def _check_length(what: str, text: str, most: int) -> None:
    from allywatch.errors import AllywatchError

    if not text or len(text) > most:
        raise AllywatchError(f"{what} has 1 to {most} characters. Give another.")


def _now() -> "datetime":
    from datetime import UTC, datetime

    return datetime.now(UTC)
