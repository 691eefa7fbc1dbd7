"""Reminding those who have not answered, and telling those who run a round how it stands.

A person has one message a day at most, of all rounds and partnerships together: whoever writes
it holds the person's row, and looks for anything told on that day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from accounts.links import hash_of, new_token
from accounts.models import User
from mail.letters import Letter
from mail.models import Message
from mail.services import call_off, new_message, put_in_outbox, rewrite, try_again

from ..asking import Request, coordinators_of, requests_of
from ..digest import Digest, digest_of
from ..models import Answer, Notice, Round
from ..reminder_days import reminder_day_reached
from ..reminder_letters import letter_of_reminding
from .asking import address_of, ask_anew, writers_late
from .refusals import Refused

Kind = Notice.Kind

WRITTEN_ANEW_AFTER = timedelta(minutes=10)
"""How long a reminder waits in the outbox before it is written anew, as things stand then."""

OF_SECTIONS = (Kind.RETURNED, Kind.FINISHED, Kind.LET_IN)
"""What is told of certain sections, and only as long as their writer can still send them."""

AT_ONCE = 50
"""How many messages are written in one transaction."""


@dataclass
class News:
    """What one person is to be told in one message."""

    person: User
    requests: list[tuple[Round, Request]] = field(default_factory=list)
    digests: list[Digest] = field(default_factory=list)

    @property
    def rounds(self) -> list[Round]:
        return [round for round, _ in self.requests] + [each.round for each in self.digests]

    @property
    def sender(self) -> str:
        """The slug of the partnership that writes; nothing where there are several."""
        return _only(round.partnership.slug for round in self.rounds)

    @property
    def reply_to(self) -> str:
        return _only(round.partnership.help_email for round in self.rounds)

    def about(self, round: Round) -> list[int]:
        """The sections of a round that the person is asked for, by number."""
        return sorted(
            number for of, request in self.requests if of.pk == round.pk for number in request.about
        )

    def write(self, today: date) -> tuple[Letter, dict[tuple[int, str], str]]:
        """The letter, and the hash of each notice's link by round and kind.

        The board needs no link: the hash of a digest is of one that nobody has.
        """
        tokens = {round.pk: new_token() for round, _ in self.requests}
        hashes = {(pk, str(Kind.REMINDED)): hash_of(token) for pk, token in tokens.items()}
        for digest in self.digests:
            hashes[digest.round.pk, str(Kind.DIGEST)] = hash_of(new_token())
        reminders = [
            (round, request, address_of(tokens[round.pk])) for round, request in self.requests
        ]
        return letter_of_reminding(reminders, self.digests, today), hashes


def send_reminders(*, now: datetime) -> int:
    """Tell everybody who is to be told something today; return how many messages that makes.

    Of days that were missed the last one counts. Whoever has been told of a round since that day,
    be it that they were asked or that an answer came back, is not told of it again.
    """
    today = timezone.localdate(now)
    news: dict[int, News] = {}
    for round in _open_rounds():
        day = reminder_day_reached(round, now)
        if day is None:
            continue
        since = list(round.notices.filter(day__gte=day).values_list("person", "kind"))
        # Word that a section is ready to check asks for nothing else.
        not_asking = (Kind.DIGEST, Kind.FINISHED)
        chased = {person for person, kind in since if kind not in not_asking}
        told = {person for person, kind in since if kind == Kind.DIGEST}
        requests = requests_of(round, today)
        for request in requests:
            if request.person.pk not in chased:
                _for(news, request.person).requests.append((round, request))
        waiting = [each for each in coordinators_of(round, today) if each.pk not in told]
        if requests and waiting:
            digest = digest_of(round, today)
            for person in waiting:
                _for(news, person).digests.append(digest)
    return len(_tell(list(news.values()), now=now))


@dataclass(frozen=True)
class Reminded:
    """Who was reminded by hand, and who not, having had a message today."""

    told: tuple[User, ...]
    told_today: tuple[User, ...]


def remind_now(*, round: Round, now: datetime, person: int | None = None) -> Reminded:
    """Remind everybody who has not answered, or the person of this number, whatever the day."""
    if not round.takes_answers(now):
        raise Refused(f"{round.full_label} takes no answers any more, so nobody is reminded.")
    requests = requests_of(round, timezone.localdate(now))
    chosen = [each for each in requests if person in (None, each.person.pk)]
    if not chosen:
        whose = "any more" if person is None else "from them"
        raise Refused(f"Nothing is missing {whose}, so nobody was reminded.")
    told = _tell([News(each.person, [(round, each)]) for each in chosen], now=now)
    people = [each.person for each in chosen]
    return Reminded(
        told=tuple(each for each in people if each.pk in told),
        told_today=tuple(each for each in people if each.pk not in told),
    )


@transaction.atomic
def send_again(*, round: Round, person: int, now: datetime) -> User:
    """Try the last message to a person again that was not delivered, to the address of today.

    It is then the message of today, and the only one.
    """
    today = timezone.localdate(now)
    told_today = _told_today([person], today)
    notices = round.notices.exclude(kind__in=[Kind.DIGEST, Kind.INVITED]).filter(person=person)
    last = notices.select_related("person", "message").order_by("day", "pk").last()
    if last is None or not last.message.is_failed:
        raise Refused("The last message to this person is not one that was not delivered.")
    found: User = last.person
    if told_today.exclude(message=last.message_id).exists():
        raise Refused(
            f"{found} was told of a round today already. Nobody has a second message on the same "
            "day: send it again tomorrow."
        )
    try_again([last.message_id], now=now, to=found.email)
    for notice in Notice.objects.filter(message=last.message_id):
        notice.day = today
        notice.save(update_fields=["day"])
    return found


# What waits in the outbox --------------------------------------------------------------------


def look_again_at_waiting(*, now: datetime) -> None:
    """Call off what waits although nobody needs it any more; write anew what has waited long.

    It runs before messages are sent, so that nobody is chased for what they have sent meanwhile.
    """
    today = timezone.localdate(now)
    waiting = Notice.objects.filter(
        kind__in=[*OF_SECTIONS, Kind.ASKED, Kind.GIVEN, Kind.REMINDED, Kind.DIGEST],
        message__state=Message.State.WAITING,
        message__next_try_at__lte=now,
    ).select_related("message", "person", "round__plan", "round__partnership")
    by_message: dict[int, list[Notice]] = {}
    missing: dict[int, dict[int, Request]] = {}
    for notice in waiting.order_by("pk"):
        by_message.setdefault(notice.message_id, []).append(notice)
        if notice.round_id not in missing:
            found = requests_of(notice.round, today) if notice.round.takes_answers(now) else []
            missing[notice.round_id] = {request.person.pk: request for request in found}
    for notices in by_message.values():
        _look_again(notices, missing, now)


@transaction.atomic
def _look_again(
    notices: list[Notice], missing: dict[int, dict[int, Request]], now: datetime
) -> None:
    # One that a worker has is left to it, and so is one that may have arrived.
    held = Message.objects.waiting().filter(pk=notices[0].message_id, tries_in_doubt=0)
    message = held.select_for_update(skip_locked=True).first()
    if message is None:
        return
    needed = [each for each in notices if _is_needed(each, missing[each.round_id], now)]
    if not needed:
        call_off([message.pk], now=now)
        return
    is_fresh = now < message.made_at + WRITTEN_ANEW_AFTER and len(needed) == len(notices)
    if is_fresh or needed[0].kind in (*OF_SECTIONS, Kind.GIVEN):
        return
    if needed[0].kind == Kind.ASKED:
        ask_anew(needed[0], message, missing[needed[0].round_id][needed[0].person_id])
        return
    today, news = timezone.localdate(now), News(notices[0].person)
    for notice in needed:
        if notice.kind == Kind.DIGEST:
            news.digests.append(digest_of(notice.round, today))
        else:
            request = missing[notice.round_id][notice.person_id]
            news.requests.append((notice.round, request))
    letter, hashes = news.write(today)
    rewrite(message, letter=letter)
    for notice in needed:
        notice.token_hash = hashes[notice.round_id, notice.kind]
        notice.about = news.about(notice.round) if notice.kind == Kind.REMINDED else []
        notice.save(update_fields=["token_hash", "about"])


def _is_needed(notice: Notice, missing: dict[int, Request], now: datetime) -> bool:
    if notice.kind == Kind.DIGEST:
        return bool(missing)
    request = missing.get(notice.person_id)
    if notice.kind not in OF_SECTIONS:
        return request is not None
    if notice.kind == Kind.RETURNED and _came_back_again(notice):
        return False
    if notice.kind == Kind.LET_IN or request is None:
        return _may_come_late(notice, now)
    return not set(request.about).isdisjoint(notice.about)


def _came_back_again(notice: Notice) -> bool:
    """Whether the answer was sent meanwhile and returned once more, of which another tells."""
    again = Answer.objects.filter(returned_at__gt=notice.message.made_at)
    return again.filter(pk__in=notice.about).exists()


def _may_come_late(notice: Notice, now: datetime) -> bool:
    """Whether its person can still answer something late of what they are told may come so."""
    late = Answer.objects.filter(
        pk__in=notice.about, state__in=Answer.UNSENT, let_in_until__gt=now
    ).select_related("update__round__plan")
    sections = list(late)
    return bool(sections) and notice.person in writers_late(sections, timezone.localdate(now))


# Into the outbox -----------------------------------------------------------------------------


def _tell(news: Sequence[News], *, now: datetime) -> set[int]:
    """Put a message for each into the outbox; return whom they are for, by number.

    Whoever was told something today is left out. A few at a time, so that nobody waits long.
    """
    told: set[int] = set()
    for start in range(0, len(news), AT_ONCE):
        told |= _tell_at_once(news[start : start + AT_ONCE], now)
    return told


@transaction.atomic
def _tell_at_once(news: Sequence[News], now: datetime) -> set[int]:
    today = timezone.localdate(now)
    people = [each.person.pk for each in news]
    told_today = set(_told_today(people, today).order_by().values_list("person", flat=True))
    written = {}
    for each in news:
        if each.person.pk not in told_today:
            letter, hashes = each.write(today)
            # The day's second, after one that was called off, has a key of its own too.
            [link, *_] = hashes.values()
            written[f"reminder:{each.person.pk}:{today}:{link[:16]}"] = each, letter, hashes
    messages = put_in_outbox(
        new_message(
            key=key,
            sender=each.sender,
            to=each.person.email,
            letter=letter,
            now=now,
            reply_to=each.reply_to,
        )
        for key, (each, letter, _) in written.items()
    )
    notices = [
        notice
        for message in messages
        for notice in _notices(message, written[message.key][0], written[message.key][2], today)
    ]
    bulk_create_with_history(notices, Notice)
    return {notice.person_id for notice in notices}


def _told_today(people: Sequence[int], today: date) -> QuerySet[Notice]:
    """What these people were told today, who are held until the transaction ends.

    Two who would tell the same person come one after the other. What was called off told nobody
    anything: it makes room for another message on that day, and stays in the history.
    """
    list(User.objects.filter(pk__in=people).order_by("pk").select_for_update(no_key=True))
    told = Notice.objects.filter(person__in=people, day=today)
    called_off = Q(message__state=Message.State.CALLED_OFF)
    told.filter(called_off, kind__in=[Kind.REMINDED, Kind.DIGEST]).delete()
    return told.exclude(called_off)


def _notices(
    message: Message, news: News, hashes: dict[tuple[int, str], str], today: date
) -> Iterable[Notice]:
    rounds = {round.pk: round for round in news.rounds}
    for (pk, kind), hashed in hashes.items():
        yield Notice(
            partnership_id=rounds[pk].partnership_id,
            round=rounds[pk],
            person=news.person,
            kind=kind,
            day=today,
            message=message,
            about=news.about(rounds[pk]) if kind == Kind.REMINDED else [],
            token_hash=hashed,
        )


def _open_rounds() -> Iterable[Round]:
    rounds = Round.objects.filter(state=Round.State.OPEN).select_related("plan", "partnership")
    return rounds.order_by("partnership__name", "period_ends_on", "pk")


def _for(news: dict[int, News], person: User) -> News:
    return news.setdefault(person.pk, News(person))


def _only(values: Iterable[str]) -> str:
    found = set(values)
    return found.pop() if len(found) == 1 else ""
