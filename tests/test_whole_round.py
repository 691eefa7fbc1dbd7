"""A whole round by the clock: opened, asked, chased, answered, closed, issued.

A fake partnership of twelve leads, of whom four say nothing, two give sections away, one fills in
the Word form and one leaves half-way. From the opening on everything is done as people and timers
do it: over HTTP, by mail and by commands.
"""

import re
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from io import BytesIO

import lxml.html
import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from docx import Document

from actions.models import Progress
from partnerships.access import accesses_of
from partnerships.models import Role
from performance.models import Indicator
from rounds.models import Answer, Rag
from rounds.services import Content, accept_answers, close_round, open_round, save_answer
from tests.factories import (
    LONDON,
    ActionFactory,
    IndicatorFactory,
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    PriorityLeadFactory,
    RoundFactory,
    UserFactory,
)
from tests.pdf_reading import reader_of, squeezed, words_read
from tests.smtp import mail_server, send_to_a_mail_server
from tests.walking import Walker, words
from tests.word_forms import Filled

OPENS = datetime(2023, 10, 2, 9, tzinfo=LONDON)
"""A Monday; updates are due on Friday 20 October, answers close a week later at 17:00."""

BEFORE = datetime(2023, 7, 14, 12, tzinfo=LONDON)
"""When the round before was answered."""

LEADS = {
    1: ("police", "Safer streets", "Police"),
    2: ("fire", "Fires set on purpose", "Fire and rescue"),
    3: ("health", "Drugs and alcohol", "Integrated care board"),
    4: ("housing", "Neighbour disputes", "Housing association"),
    5: ("probation", "Reoffending", "Probation service"),
    6: ("charity", "Support for victims", "Victim support charity"),
    7: ("trading", "Doorstep crime", "Trading standards"),
    8: ("schools", "Young people", "Schools partnership"),
    9: ("council", "Clean streets", "Borough council"),
    10: ("county", "Adults at risk", "County council"),
    11: ("licensing", "Night-time economy", "Licensing"),
    12: ("voluntary", "Volunteers", "Voluntary sector"),
}
"""By priority: who leads it, its title, their organisation."""

SILENT = (9, 10, 11, 12)


def address(name):
    return f"lead.{name}@example.org"


def scene():
    """The partnership on the day before; the last rows that are made by the test."""
    partnership = PartnershipFactory(
        name="Northbank Community Safety Partnership",
        slug="northbank",
        asks_key_issues=False,
        asks_groups=False,
        asks_themes=False,
    )
    plan = PlanFactory(partnership=partnership)
    for number, (name, title, organisation) in LEADS.items():
        priority = PriorityFactory(
            plan=plan, reference=str(number), title=title, order=number, lead_text=f"{name} lead"
        )
        for n in (1, 2):
            ActionFactory(
                priority=priority,
                reference=f"{number}.{n}",
                title=f"{title}, part {n}",
                order=number * 10 + n,
            )
        PriorityLeadFactory(
            priority=priority,
            membership=MembershipFactory(
                partnership=partnership,
                user=UserFactory(email=address(name)),
                organisation=OrganisationFactory(partnership=partnership, name=organisation),
                post=f"{name} lead".capitalize(),
            ),
        )
    people = {
        "deputy.schools": (Role.MEMBER, "Deputy head"),
        "officer.probation": (Role.MEMBER, "Probation officer"),
        "analyst": (Role.MEMBER, "Analyst"),
        "coordinator": (Role.COORDINATOR, "Coordinator"),
        "administrator": (Role.ADMINISTRATOR, "Administrator"),
        "member": (Role.MEMBER, "Member of the Executive"),
    }
    memberships = {
        name: MembershipFactory(
            partnership=partnership,
            user=UserFactory(email=f"{name}@example.org"),
            role=role,
            post=post,
        )
        for name, (role, post) in people.items()
    }
    PriorityLeadFactory(
        priority=plan.priorities.get(reference="8"),
        membership=memberships["deputy.schools"],
        is_deputy=True,
    )
    figure = IndicatorFactory(
        partnership=partnership,
        name="Burglary",
        unit="offences",
        supplier=memberships["analyst"],
        kind=Indicator.Kind.COUNT,
    )
    PriorityIndicatorFactory(priority=plan.priorities.get(reference="1"), indicator=figure)
    answer_the_quarter_before(plan, memberships["coordinator"].user)
    return RoundFactory(
        plan=plan,
        opens_on=OPENS.date(),
        due_on=date(2023, 10, 20),
        closes_at=datetime(2023, 10, 27, 17, tzinfo=LONDON),
        meets_on=date(2023, 11, 9),
    )


def answer_the_quarter_before(plan, coordinator):
    """Quarter 1 has passed: everybody but one said that their first action was amber."""
    [access] = accesses_of(coordinator, BEFORE.date())
    round = RoundFactory(
        plan=plan,
        label="Quarter 1",
        short_label="Q1",
        slug="2023-24-q1",
        period_starts_on=date(2023, 4, 1),
        period_ends_on=date(2023, 6, 30),
        today=BEFORE.date(),
    )
    open_round(round=round, by=coordinator, now=BEFORE)
    for update in round.updates.exclude(priority__reference="12"):
        save_answer(
            answer=update.answers.get(action__reference__endswith=".1"),
            content=Content(
                response=Answer.Response.WRITTEN,
                text=f"<p>In the first quarter {update.title.lower()} was late.</p>",
                progress=Progress.IN_PROGRESS,
                rag=Rag.AMBER,
                rag_reason="Staff were missing.",
                way_back="They start in August.",
            ),
            version=0,
            by=access,
            now=BEFORE,
            on_behalf=True,
        )
    accept_answers(answers=Answer.objects.sent(), now=BEFORE)
    close_round(round=round, now=BEFORE)


class Story:
    """The clock, the mail server and everybody's browsers."""

    def __init__(self, clock, server, base):
        self.clock, self.server, self.base = clock, server, base
        self.opened = []
        self.walkers = {}
        """The browser that each person opened last."""
        self.of = {}
        """The number of each action's section, by its reference."""
        self.codes = 0

    def to(self, month, day, hour=9, minute=0):
        """Let the time pass; the timers run at eight and at noon of each day on the way."""
        goal = datetime(2023, month, day, hour, minute, tzinfo=LONDON)
        while (run := self._next_run()) <= goal:
            self.clock.move_to(run)
            self.timers()
        self.clock.move_to(goal)

    def _next_run(self):
        now = timezone.localtime()
        runs = [
            datetime.combine(now.date() + timedelta(days=day), datetime.min.time(), LONDON)
            + timedelta(hours=hour)
            for day in (0, 1)
            for hour in (8, 12)
        ]
        return min(run for run in runs if run > now)

    def timers(self):
        call_command("send_reminders")
        call_command("send_messages")

    # Mail -------------------------------------------------------------------------------

    def mail_to(self, person):
        return [email for email in self.server.taken if email["To"] == person]

    def mail_about(self, words):
        return [str(email["To"]) for email in self.server.taken if words in email["Subject"]]

    def link_to(self, person):
        """The link in the last message to them that has one."""
        links = [
            link
            for email in self.mail_to(person)
            for link in re.findall(r"https://portal\.example\.org/asked/\S+", text_of(email))
        ]
        return links[-1]

    def read_last(self, person):
        return text_of(self.mail_to(person)[-1])

    def code_of(self, person):
        self.codes += 1
        return re.search(r"^\s*([A-Z]{6})\s*$", self.read_last(person), re.MULTILINE)[1]

    # People -----------------------------------------------------------------------------

    def stranger(self):
        """A browser in which nobody is signed in."""
        self.opened.append(Walker(self.base))
        return self.opened[-1]

    def sign_in(self, person):
        """From the sign-in page, with a code."""
        walker = self.walkers[person] = self.stranger()
        page = walker.get("/accounts/login/").press("Email me a code", {"Email address": person})
        return page.press("Sign in", {"Code": self.code_of(person)})

    def enter(self, person):
        """By the link in the last message to them."""
        walker = self.walkers[person] = self.stranger()
        page = walker.get(self.link_to(person))
        button = f"Continue as {person[0]}…@e…"
        if "We can send a code" not in page.words:
            return page.press(button)
        return page.press("Email me a code").press("Sign in", {"Code": self.code_of(person)})

    def at(self, person, where):
        return self.walkers[person].get(where)


def text_of(email):
    return email.get_body(("plain",)).get_content()


C = "coordinator@example.org"
WHAT = "What has happened since July?"


def update(page, number):
    """From home: the list of a priority's update, begun or not."""
    [link] = [link for link in page.main.xpath(".//a") if f"Priority {number}:" in words(link)]
    return page.follow(words(link))


WRITTEN = {"In writing, here": True, "In progress": True, "Green": True}


def write(page, label, text):
    """From the list of the update: the section of this name, in progress and green."""
    page = page.follow(label).press("Save and go back to the list", WRITTEN | {WHAT: text})
    assert page.status == 200, page.words
    return page


def submit(page, button="Submit"):
    page = page.follow("Check and submit").press(button)
    assert page.heading == "Update submitted"
    return page


@pytest.fixture
def story(settings, transactional_db, live_server):
    send_to_a_mail_server(settings)
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    with time_machine.travel(OPENS, tick=False) as clock, mail_server(settings) as server:
        story = Story(clock, server, live_server.url)
        yield story
        for walker in story.opened:
            walker.close()


# The round, act by act ------------------------------------------------------------------


def test_a_whole_round_by_the_clock(story):
    round = scene()
    board = f"/northbank/rounds/{round.pk}/"
    it_opens_and_everybody_is_asked(story, board)
    police_answer_by_the_link_and_the_analyst_gives_the_figure(story)
    fire_comes_later_and_is_sent_a_code(story)
    health_answers_by_a_reminder(story)
    housing_is_sent_back_a_part(story, board)
    schools_lead_leaves_half_way(story)
    probation_gives_a_part_to_an_officer(story)
    charity_invites_a_guest_to_write(story)
    trading_fills_in_the_word_form(story)
    licensing_is_a_moment_too_late(story)
    it_is_accepted_closed_and_issued(story, board, round)

    assert mailbox(story) == MAILBOX
    assert told_by_the_board(story.at(C, board)) == STATES
    silent = sorted(reference for reference, state in STATES.items() if state == "Not started")
    assert silent_by_the_board(story.at(C, board)) == silent
    files = issued_files(story, round)
    assert silent_by_web_page(files["html"]) == silent
    assert told_by_web_page(files["html"]) == UPDATES
    assert told_by_word(files["docx"]) == UPDATES
    read_aloud = squeezed(words_read(reader_of(files["pdf"])))
    assert [text for text in UPDATES.values() if squeezed(text) not in read_aloud] == []
    for text in TOO_LATE:
        assert text not in files["html"].decode()


def it_opens_and_everybody_is_asked(story, board):
    """Monday 2 October. One address does not exist."""
    story.server.refused[address("voluntary")] = "550 No such mailbox"
    story.sign_in(C)
    page = story.at(C, f"{board}open/").press("Open Quarter 2")
    assert "14 people are asked by email" in page.words
    for link in story.at(C, board).main.xpath(".//a[contains(@href, '/answers/')]"):
        number = re.search(r"/answers/(\d+)/", link.get("href"))[1]
        story.of[words(link).partition(" ")[0]] = int(number)
    story.timers()
    assert "Not delivered to lead.voluntary@example.org" in story.at(C, board).words
    assert "2 sections" in story.read_last(address("fire"))
    assert "(last quarter: Amber)" in story.read_last(address("fire"))


def police_answer_by_the_link_and_the_analyst_gives_the_figure(story):
    """On the same day, whatever scanners have fetched the link before."""
    person = address("police")
    for _ in range(10):
        assert story.stranger().head(story.link_to(person)).status == 200
        assert story.stranger().get(story.link_to(person)).status == 200
    codes = story.codes
    page = update(story.enter(person), 1)
    page = write(page, "1.1 Safer streets, part 1", "More patrols on Fridays.")
    page = page.press("Nothing to report: 1.2 Safer streets, part 2")
    submit(page, "Submit with 1 gap")
    page = story.enter("analyst@example.org")
    assert story.codes == codes
    page = page.follow("Enter figures for Priority 1: Safer streets")
    page = page.press("Save and go back to the list", FIGURES)
    assert "Nothing has been asked of you" in page.words
    submit(update(story.enter(person), 1))
    assert story.codes == codes + 1


def fire_comes_later_and_is_sent_a_code(story):
    """Thursday 5 October: the link is older than a day."""
    story.to(10, 5, 11)
    codes = story.codes
    page = update(story.enter(address("fire")), 2)
    assert story.codes == codes + 1
    page = write(page, "2.1 Fires set on purpose, part 1", "Bins are locked at night.")
    submit(page.press("Verbal at the meeting: 2.2 Fires set on purpose, part 2"))


def health_answers_by_a_reminder(story):
    """Friday 6 October, a fortnight before the day: the first reminder lets in again."""
    story.to(10, 6, 9)
    codes = story.codes
    page = update(story.enter(address("health")), 3)
    assert story.codes == codes
    page = write(page, "3.1 Drugs and alcohol, part 1", "A clinic has opened.")
    submit(write(page, "3.2 Drugs and alcohol, part 2", "Twelve people were trained."))


def housing_is_sent_back_a_part(story, board):
    """Monday 9 October; they put it right on the same day."""
    story.to(10, 9, 10)
    person = address("housing")
    page = update(story.enter(person), 4)
    page = write(page, "4.1 Neighbour disputes, part 1", "Better.")
    page = write(page, "4.2 Neighbour disputes, part 2", "Mediation has begun in two streets.")
    submit(page)
    story.sign_in(C)
    page = story.at(C, board).follow("Return 4.1 Neighbour disputes, part 1, Priority 4")
    page.press("Return it", {"What should change?": "Say what was done."})
    story.timers()
    assert "Say what was done." in story.read_last(person)
    page = update(story.enter(person), 4)
    assert "Sent back: Say what was done." in page.words
    submit(write(page, "4.1 Neighbour disputes, part 1", "Two mediators were hired in August."))


def schools_lead_leaves_half_way(story):
    """One part was saved on Tuesday; the deputy takes over on Friday and finds it there."""
    story.to(10, 10, 10)
    page = update(story.enter(address("schools")), 8)
    write(page, "8.1 Young people, part 1", "Talks were held in nine schools.")
    story.to(10, 12, 9)
    page = story.sign_in("administrator@example.org")
    page = page.follow("Administration").follow("People").follow(address("schools"))
    page = page.follow("End this post").press(
        "End this post",
        {
            "Day": "12",
            "Month": "10",
            "Year": "2023",
            "Priority 8: Young people": "deputy.schools@example.org: Deputy head",
        },
    )
    assert page.status == 200
    story.to(10, 13, 9)
    assert story.stranger().get(story.link_to(address("schools"))).status == 410
    page = update(story.enter("deputy.schools@example.org"), 8)
    submit(page.press("Nothing to report: 8.2 Young people, part 2"))


def probation_gives_a_part_to_an_officer(story):
    """Monday 16 October: the officer writes it and says so; the lead checks and submits."""
    story.to(10, 16, 10)
    lead, officer = address("probation"), "officer.probation@example.org"
    part = "5.1 Reoffending, part 1"
    page = update(story.enter(lead), 5).follow(f"Give to someone: {part}")
    page = page.press(
        "Give these sections",
        {
            part: True,
            "Who writes them?": "Probation officer",
            "A line to them (optional)": "Please say how many.",
        },
    )
    assert "With Probation officer since 16 October" in page.words
    write(page, "5.2 Reoffending, part 2", "A hostel has ten more beds.")
    story.timers()
    assert "Please say how many." in story.read_last(officer)
    page = write_what_was_given(story, story.enter(officer), part, "Forty people found work.")
    assert page.walker.get(f"/northbank/answers/{story.of['5.2']}/").status == 404
    story.timers()
    page = update(story.enter(lead), 5)
    assert "Ready for you to check" in page.words
    submit(page)


def charity_invites_a_guest_to_write(story):
    """Tuesday 17 October: somebody whom the portal does not know yet."""
    story.to(10, 17, 10)
    lead, guest = address("charity"), "guest@elsewhere.example"
    part = "6.2 Support for victims, part 2"
    page = update(story.enter(lead), 6)
    page = write(page, "6.1 Support for victims, part 1", "The helpline is open on Sundays.")
    page = page.follow(f"Give to someone: {part}")
    page.press(
        "Give these sections", {part: True, "Email address": guest, "Post": "Refuge manager"}
    )
    story.timers()
    [invitation] = re.findall(r"https?://\S+/invitations/\S+", story.read_last(guest))
    page = story.stranger().get(invitation).press("Accept and come in")
    page = write_what_was_given(story, page, part, "Nine families were housed.")
    for hidden in ("plan/", "reports/", "search/", f"answers/{story.of['6.1']}/"):
        assert page.walker.get(f"/northbank/{hidden}").status in (403, 404), hidden
    story.timers()
    submit(update(story.enter(lead), 6))


def write_what_was_given(story, page, part, text):
    """From the home page of somebody who was given a section."""
    page = page.follow(part).press("Save and continue", WRITTEN | {WHAT: text})
    return page.press("I have finished")


def trading_fills_in_the_word_form(story):
    """Wednesday 18 October: filled in elsewhere, brought back and submitted."""
    story.to(10, 18, 10)
    page = update(story.enter(address("trading")), 7).follow("Fill it in in Word instead")
    form = Filled(page.press("Download the Word form").response.content)
    form.answer("7.1", "Sixty doorsteps were visited.")
    form.answer("7.2", "Two traders were fined.")
    page = page.press(
        "Read the file", files={"file": ("Priority 7.docx", form.content, "application/msword")}
    )
    assert "Nothing is saved yet." in page.words
    page = page.press("Save what is ticked")
    submit(page)


def licensing_is_a_moment_too_late(story):
    """Friday 27 October: answers close at 17:00, while they write."""
    story.to(10, 27, 16, 55)
    page = update(story.enter(address("licensing")), 11)
    page = page.follow("11.1 Night-time economy, part 1")
    story.to(10, 27, 17)
    page = page.press("Save and continue", WRITTEN | {WHAT: TOO_LATE[0]})
    assert page.status == 409
    assert "closed on 27 October 2023 at 17:00" in page.words
    assert page.field(WHAT) == TOO_LATE[0]


def it_is_accepted_closed_and_issued(story, board, round):
    story.sign_in(C)
    page = story.at(C, board).press("Accept all 17")
    page.follow("Close the round").press("Close Quarter 2")
    story.to(11, 1, 10)
    story.sign_in(C)
    page = story.at(C, f"/northbank/reports/{round.pk}/").follow("Issue this report")
    page = page.press("Issue this report")
    assert "The report of Quarter 2, 2023/24 is issued." in page.words
    story.timers()


# What is told of it ----------------------------------------------------------------------

FIGURES = {
    "Burglary, Oct 2021 to Sep 2022 > Offences, October 2021 to September 2022": "400",
    "Burglary, Oct 2021 to Sep 2022 > Where does it come from?": "Police",
    "Burglary, Oct 2022 to Sep 2023 > Offences, October 2022 to September 2023": "380",
    "Burglary, Oct 2022 to Sep 2023 > Where does it come from?": "Police",
}

TOO_LATE = ("Marshals on three nights.",)

NOTHING = "No update received"
LAST = "Last update: Quarter 1, 2023/24, sent on 14 July 2023."
"""Of what had an answer in the round before."""

UPDATES = {
    "1.1": "More patrols on Fridays.",
    "1.2": "Nothing to report.",
    "2.1": "Bins are locked at night.",
    "2.2": "Verbal update at the meeting.",
    "3.1": "A clinic has opened.",
    "3.2": "Twelve people were trained.",
    "4.1": "Two mediators were hired in August.",
    "4.2": "Mediation has begun in two streets.",
    "5.1": "Forty people found work.",
    "5.2": "A hostel has ten more beds.",
    "6.1": "The helpline is open on Sundays.",
    "6.2": "Nine families were housed.",
    "7.1": "Sixty doorsteps were visited.",
    "7.2": "Two traders were fined.",
    "8.1": "Talks were held in nine schools.",
    "8.2": "Nothing to report.",
    **{f"{number}.1": f"{NOTHING} {LAST}" for number in SILENT},
    **{f"{number}.2": NOTHING for number in SILENT},
    "12.1": NOTHING,
}

STATES = {
    reference: "Not started" if text.startswith(NOTHING) else "Accepted"
    for reference, text in UPDATES.items()
}


def told_by_the_board(page):
    """The state of each action's section, by its reference."""
    tiles = [words(link) for link in page.main.xpath(".//a")]
    found = [re.fullmatch(r"(\d+\.\d) (.+), Priority \d+", tile) for tile in tiles]
    return {each[1]: each[2] for each in found if each}


def silent_by_the_board(page):
    """The references under "Not sent yet", where the board says whom it waits for."""
    return sorted(re.findall(r"\b(\d+\.\d), Priority \d+", page.words))


def issued_files(story, round):
    """The full edition as a member of the Executive gets it from the link in their message."""
    person = "member@example.org"
    link = re.search(r"https://portal\.example\.org\S+", story.read_last(person))[0]
    page = story.sign_in(person).walker.get(link)
    names = {
        "html": "Read: Web page of the full edition",
        "docx": "Download: Word of the full edition",
        "pdf": "Download: PDF of the full edition",
    }
    return {kind: page.follow(name).response.content for kind, name in names.items()}


def told_by_web_page(content):
    found = {}
    for row in lxml.html.fromstring(content).xpath("//table//tr"):
        cells = [words(cell) for cell in row.xpath("./th | ./td")]
        action = re.match(r"(\d+\.\d) ", cells[0])
        if action and len(cells) == 3:
            found[action[1]] = cells[2]
    return found


def silent_by_web_page(content):
    """The references in the table of sections without an answer."""
    [table] = [
        table
        for table in lxml.html.fromstring(content).xpath("//table")
        if "Sections without an answer" in words(table.find("caption"))
    ]
    return sorted(re.findall(r"\b(\d+\.\d) ", words(table)))


def told_by_word(content):
    found = {}
    for table in Document(BytesIO(content)).tables:
        for row in table.rows:
            cells = [cell.text for cell in row.cells]
            action = re.match(r"(\d+\.\d)\b", cells[0])
            if action and len(cells) == 3:
                found[action[1]] = " ".join(cells[2].split())
    return found


KINDS = {
    "Reminder": "reminded",
    "your update for": "asked",
    "please look again": "returned",
    "for you to write": "asked to write",
    "ready for you to check": "finished",
    "You are invited": "invited",
    "sections sent": "digest",
    "has been issued": "issued",
}


def mailbox(story):
    """Who was told what on which day, codes apart."""
    found = {}
    for email in story.server.taken:
        subject = email["Subject"]
        if "Your code" in subject:
            continue
        kind = next((kind for said, kind in KINDS.items() if said in subject), subject)
        sent = parsedate_to_datetime(email["Date"]).astimezone(LONDON)
        name = str(email["To"]).removesuffix("@example.org").removeprefix("lead.")
        found.setdefault((f"{sent.day} {sent:%b}", kind), []).append(name)
    return {key: " ".join(sorted(names)) for key, names in found.items()}


MAILBOX = {
    ("2 Oct", "asked"): "analyst charity council county deputy.schools fire health housing "
    "licensing police probation schools trading",
    ("6 Oct", "reminded"): "charity council county deputy.schools health housing licensing "
    "probation schools trading",
    ("6 Oct", "digest"): "coordinator",
    ("9 Oct", "returned"): "housing",
    ("13 Oct", "reminded"): "charity council county deputy.schools licensing probation trading",
    ("13 Oct", "digest"): "coordinator",
    ("16 Oct", "asked to write"): "officer.probation",
    ("16 Oct", "finished"): "probation",
    ("17 Oct", "invited"): "guest@elsewhere.example",
    ("17 Oct", "finished"): "charity",
    ("19 Oct", "reminded"): "council county licensing",
    ("19 Oct", "digest"): "coordinator",
    ("20 Oct", "reminded"): "council county licensing",
    ("20 Oct", "digest"): "coordinator",
    ("27 Oct", "reminded"): "council county licensing",
    ("27 Oct", "digest"): "coordinator",
    ("1 Nov", "issued"): "administrator analyst charity council county deputy.schools fire "
    "health housing licensing member officer.probation police probation trading",
}
"""Whom each message reached. The address of the twelfth lead does not exist."""
