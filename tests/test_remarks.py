"""What is looked for in the texts of a report before it is issued: rules without a database."""

import time
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports.remarks import characters, links, percentages, personal, small_numbers
from reports.remarks.passages import (
    CONTEXT,
    LONGEST_HIT,
    Hit,
    Link,
    Piece,
    Place,
    pieces_of,
    remark_of,
)

PLACE = Place("1.1 Work with shops")


def found(module, text):
    return [text[hit.start : hit.end] for hit in module.find(text)]


def said_of(words, href):
    return [hit.says for hit in links.find(Piece(words, (Link(0, len(words), href),)))]


# Personal data ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "what"),
    [
        ("Lives at ME10 3HT now", "ME10 3HT", "a postcode"),
        ("Lives at me10 3ht now", "me10 3ht", "a postcode"),
        ("Lives at SW1A1AA.", "SW1A1AA", "a postcode"),
        ("Ring 07700 900123", "07700 900123", "a telephone number"),
        ("Ring +44 (0)7700-900 123", "+44 (0)7700-900 123", "a telephone number"),
        ("Ring 01632 960123.", "01632 960123", "a telephone number"),
        ("Write to a.person@example.org.", "a.person@example.org", "an email address"),
        ("DOB 01/02/2001, known", "DOB 01/02/2001", "a date of birth"),
        ("The D.O.B. is known", "D.O.B.", "a date of birth"),
        ("Was born on 3 March 2009 in", "born on 3 March 2009", "a date of birth"),
        ("NI AB 12 34 56 C", "AB 12 34 56 C", "a National Insurance number"),
        ("A car, GF21 ABC, was", "GF21 ABC", "a vehicle registration"),
        ("A boy aged 14 was", "aged 14", "a person's age"),
        ("A 14-year-old was", "14-year-old", "a person's age"),
        ("Seen by Mr Bloggs", "Mr Bloggs", "a person's name"),
        ("Seen by Dr. Jo O’Bloggs today", "Dr. Jo O’Bloggs", "a person's name"),
        ("Told PC Bloggs", "PC Bloggs", "a person's name"),
        ("Told P.C. Bloggs", "P.C. Bloggs", "a person's name"),
        ("Told Sgt Bloggs", "Sgt Bloggs", "a person's name"),
        ("Told Ms Żukowska", "Ms Żukowska", "a person's name"),
        ("We spoke to Jane Roe about it", "Jane Roe", "a person's name"),
        ("The victim was Roe, Jane.", "Roe, Jane", "a person's name"),
        ("Roe, Jane (9) and others", "Roe, Jane", "a person's name"),
        ("Kent Police met Mary Jane O’Roe-Bloggs on", "Mary Jane O’Roe-Bloggs", "a person's name"),
        ("With Piotr van der Roe’s help", "Piotr van der Roe’s", "a person's name"),
        ("Officer Aisha Bloggs will lead", "Aisha Bloggs", "a person's name"),
        ("Sarah Hill’s neighbours told us", "Sarah Hill’s", "a person's name"),
        ("Organisation – Gemma Bloggs", "Gemma Bloggs", "a person's name"),
        ("born on the 3rd of April 1999", "born on the 3rd of April 1999", "a date of birth"),
        ("DOB: 1999-04-03", "DOB: 1999-04-03", "a date of birth"),
        ("at me103ht now", "me103ht", "a postcode"),
        ("ring 01795.417.850 or", "01795.417.850", "a telephone number"),
        ("a 14 yo was", "14 yo", "a person's age"),
    ],
)
def test_what_looks_like_personal_data_is_found(text, words, what):
    [hit] = personal.find(text)

    assert text[hit.start : hit.end] == words
    assert hit.says == f"Looks like {what}."


@pytest.mark.parametrize(
    "text",
    [
        "In Q2 2023/24 there were 1,234 calls, 21% more than 5,326",
        "Between 01/10/2023 and 31-12-2023 at 10:30",
        "In 01.04.2022-31.03.2023 and 01.04.2023 - 31.03.2024, at 0.1795 of 4178501",
        "Call 101, 999, 0800 555 111 or 0300 123 4567",
        "The group for those aged 13-16, aged 18 and over, and 14 to 16 year olds",
        "The PC Team and the Dr Surgery; a new PC Plus",
        "We will miss Monday and drop in",
        "A newborn and children born here",
        "Priority 2.10 and action 4.12 of plan 2023-2024",
        "St George Ward, Prince William Hall and Operation Isla Bay; at St. James Green",
        "The Jane Roe Trust, the Stephen Bloggs Day and the Hollie Bloggs app, Stanley Knife",
        "Clare’s Law and Martyn’s Law; Victoria Hill, Charlotte Close, Sarah Hill Hall; Ask Angela",
        "Amber Alert, May Day, June Kent Police Report, Hope Street and Mark ASB",
        "Faversham, Sheerness and Sittingbourne; Sarah, Jane and others; Swale, James Street",
    ],
)
def test_what_any_report_says_does_not_look_like_personal_data(text):
    assert found(personal, text) == []


# Small numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("There were 3 victims", "3 victims"),
        ("Four very young children", "Four very young children"),
        ("with one young person", "one young person"),
        ("Referrals: 2 this quarter", "Referrals: 2"),
        ("children (1) and", "children (1"),
        ("two families", "two families"),
        ("one woman in three weeks", "one woman"),
        ("one child in two foster homes, 1 man in 2023", ["one child", "1 man"]),
        ("two in hospital, three victims", "three victims"),
        ("after 2 suicides, one fatality and 3 rapes", ["2 suicides", "one fatality", "3 rapes"]),
        ("A single victim; a couple of residents", ["A single victim", "a couple of residents"]),
        ("both girls, and twelve boys, two of whom left", ["both girls", "two of whom"]),
    ],
)
def test_small_numbers_beside_people_are_found(text, words):
    assert found(small_numbers, text) == ([words] if isinstance(words, str) else words)


@pytest.mark.parametrize(
    "text",
    [
        "12 victims, 3,000 residents, 1.5 people, 5 children",
        "1 in 4 women and 2 out of 4 residents",
        "One woman in three remembers lessons; one in ten women; two in three residents",
        "1 adult in 10, one child in every four and one young person in 100.",
        "Tier 2 cases and Year 4 pupils of priority 3 families",
        "Residents: 2,000; victims 2023; families: 3%",
        "3 meetings, 2 days with residents",
        "One of the residents",
        "Single point of contact; both schemes; two of them are closed",
        "A single parent, single women, in both cases; both teams help residents",
    ],
)
def test_other_numbers_are_no_small_numbers_of_people(text):
    assert found(small_numbers, text) == []


def test_what_is_small_is_the_partnerships_own():
    assert [*small_numbers.find("eight victims and 9 children", below=9)] == [
        Hit(0, 13, "A small number that seems to count people.")
    ]
    assert [*small_numbers.find("one victim", below=0)] == []


# Percentages ------------------------------------------------------------------------------------

BURGLARY = percentages.Computed(
    "Burglary (Business and Community)", "−11 (−6.0%)", Decimal("-6.0"), priority=1
)
SHOPLIFTING = percentages.Computed("Shoplifting", "+636 (+59.6%)", Decimal("59.6"), priority=1)
POLICE = percentages.Computed(
    "ASB incidents reported to Kent Police", "+73 (+2.8%)", Decimal("2.8"), priority=2
)
HOUSING = percentages.Computed(
    "ASB incidents reported to Southern Housing", "+75 (+46.3%)", Decimal("46.3"), priority=2
)
UNKNOWN = percentages.Computed("Robberies", "", None, priority=1)
SATISFIED = percentages.Computed(
    "Residents who feel safe",
    "+2.0 points",
    None,
    (Decimal("80"), Decimal("82"), Decimal("2")),
    priority=3,
)
FIGURES = [BURGLARY, SHOPLIFTING, POLICE, HOUSING, UNKNOWN, SATISFIED]


def compared(text, priority=1, heading=""):
    return [hit.says for hit in percentages.find(Piece(text, (), heading), FIGURES, priority)]


def test_a_typed_percentage_that_differs_is_told_beside_the_computed_one():
    assert compared("There has been a 21% reduction in burglaries this year.") == [
        "The text says 21% reduction; the computed change of “Burglary (Business and Community)” "
        "is −11 (−6.0%)."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Burglary fell by 6%.",
        "Burglary is down 6.0 per cent",
        "Burglary: -6%, shoplifting: +59.6%",
        "Burglary fell by 6% and shoplifting rose by 60%",
        "There was a fall in burglary of -6%",
        "ASB is up by 3%, and 46% more of it was told",
        "82% feel safe, residents say; those who feel safe are up by 2%",
    ],
)
def test_a_typed_percentage_that_agrees_is_not_told(text):
    assert compared(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Burglary rose by 6%",
        "Burglary fell by 6.1%",
        "Burglary fell by 7%",
        "Burglary fell by 59.6%",
        "Burglary: 21% this year",
        "Shoplifting -59.6%",
    ],
)
def test_sign_rounding_and_indicator_are_minded(text):
    assert len(compared(text)) == 1


def test_figures_named_alike_are_told_apart_by_the_rest_of_their_names():
    assert compared("Southern Housing had 2.8% more ASB", priority=2) == [
        "The text says 2.8% more; the computed change of “ASB incidents reported to Southern "
        "Housing” is +75 (+46.3%)."
    ]


def test_a_change_without_a_figure_is_told_and_a_share_is_not():
    assert compared("Thefts of bicycles are up by 4%") == [
        "The text says up 4%; no figure was found to compare it with."
    ]
    assert compared("70% of children would ask for help") == []
    assert compared("61% of burglary victims were told") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Burglary saw a 21pc fall", "21% fall"),
        ("twenty-one per cent fewer burglaries", "twenty-one per cent fewer"),
        ("Burglary fell by eleven percent", "fell eleven per cent"),
        ("Burglary reduced by 21 percentage points", "reduced 21%"),
        ("Burglary is up by a hundred per cent", "up a hundred per cent"),
    ],
)
def test_a_percentage_is_read_however_it_is_written(text, said):
    assert compared(text) == [
        f"The text says {said}; the computed change of “Burglary (Business and Community)” is "
        "−11 (−6.0%)."
    ]
    assert compared("Burglary fell by six per cent, after 3 PC patrols more") == []


def test_a_change_that_is_not_known_is_told():
    assert compared("Robbery fell by 4%") == [
        "The text says fell 4%; the change of “Robberies” is not yet known."
    ]


def test_the_heading_above_names_the_indicator_too():
    assert "Shoplifting" in compared("There was a rise of 3%", heading="Shoplifting")[0]


# Links ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "href", "says"),
    [
        ("www.kent.gov.uk", "https://evil.example/", "lead"),
        ("minutes", "http://kent.gov.uk/", "http"),
        ("minutes", "https://10.0.0.1/a", "number"),
        ("minutes", "https://167772161/a", "number"),
        ("minutes", "http://10.0.0.1:8080/a", "number"),
        ("minutes", "https://intranet/a", "network"),
        ("minutes", "http://intranet:81/a", "network"),
        ("minutes", "https://files.council.local/a", "network"),
        ("minutes", "https://bit.ly/a", "shortened"),
        ("minutes", "https://eu.safelinks.protection.outlook.com/?url=x", "wrapped"),
        ("minutes", "https://a_b.example/", "cannot be right"),
        ("minutes", "https://a..example/", "cannot be right"),
        ("minutes", "https://[::1", "cannot be right"),
        ("minutes", "https://kent.gov.uk@evil.example/", "deceived"),
        ("minutes", "https://xn--knt-5cd.example/", "look like others"),
        ("minutes", "https://kent.gov.uk:8443/", "port 8443"),
        ("a@example.org", "mailto:b@example.org", "another email address"),
    ],
)
def test_links_that_deceive_or_lead_nowhere_are_told(words, href, says):
    [said] = said_of(words, href)

    assert says in said
    assert href in said


@pytest.mark.parametrize(
    ("words", "href"),
    [
        ("the minutes", "https://www.kent.gov.uk/minutes"),
        ("kent.gov.uk", "https://www.kent.gov.uk/minutes"),
        ("https://kent.gov.uk/a", "https://kent.gov.uk/a"),
        ("Minutes.docx", "https://kent.gov.uk/a"),
        ("a@example.org", "mailto:A@example.org?subject=x"),
        ("ring us", "tel:101"),
    ],
)
def test_links_that_are_as_they_say_are_not_told(words, href):
    assert said_of(words, href) == []


@pytest.mark.parametrize(
    "text", ["file:///C:/plan.docx", r"\\server\share", "//evil.example/a", "javascript:alert(1)"]
)
def test_addresses_that_are_no_links_are_told(text):
    [hit] = links.find(Piece(f"See {text} for more"))

    assert (hit.start, hit.end) == (4, 4 + len(text))


# Characters, and the words around a hit -----------------------------------------------------------


def test_a_character_that_prints_as_its_number_is_told_once():
    [hit] = characters.find("Well done 😀 and 😀")

    assert hit == Hit(10, 11, "Prints as [U+1F600]: grinning face.")


def test_pieces_know_their_links_and_the_heading_above():
    html = (
        '<h4>Burglary</h4><p>See <a href="https://a.example/"><strong>the</strong> page</a>.</p>'
        "<ul><li>One<ul><li>Two<br>three</li></ul></li></ul>"
    )

    pieces = list(pieces_of(html))

    assert [(each.text, each.heading) for each in pieces] == [
        ("Burglary", ""),
        ("See the page.", "Burglary"),
        ("One", "Burglary"),
        ("Two three", "Burglary"),
    ]
    assert pieces[1].links == (Link(4, 12, "https://a.example/"),)


def test_the_words_around_a_hit_are_cut_between_words():
    text = "word " * 30 + "HIT" + " word" * 30

    remark = remark_of(PLACE, text, Hit(150, 153, "Look."))

    assert remark.words == "HIT"
    assert remark.before.startswith("…word ")
    assert remark.after.endswith(" word…")


TEXTS = st.text() | st.text(alphabet="0123456789 %-+.,:/@()[]aAbmMrRsS’\\\n", max_size=300)


@given(TEXTS)
@example("0" * 200)
@example("a@" * 200)
@settings(max_examples=60, deadline=None)
def test_whatever_the_text_each_hit_lies_in_it_and_keeps_its_words(text):
    hits = [
        *personal.find(text),
        *small_numbers.find(text),
        *characters.find(text),
        *percentages.find(Piece(text, (), text[:50]), FIGURES, 1),
        *links.find(Piece(text, (Link(0, len(text), f"https://{text}"),))),
        *links.find(Piece(text)),
    ]

    for hit in hits:
        assert 0 <= hit.start <= hit.end <= len(text)
        remark = remark_of(PLACE, text, hit)
        assert text[hit.start :].startswith(remark.words)
        assert len(remark.words) <= LONGEST_HIT
        assert len(remark.before) <= CONTEXT + 1 >= len(remark.after)


@pytest.mark.parametrize(
    "unit",
    [
        *("a", "0", "0 ", "1 ", "-", "+", "(", "a@", "a.", "//a.", "\\\\", "aged 1 ", "born 1 "),
        *(
            "Mr A",
            "victims: ",
            "1 young ",
            "5% ",
            "5% more and burglary ",
            "AB12 ",
            "😀",
            "[",
            "漢",
        ),
        *("Jane ", "Jane Roe. ", "Roe, Jane; ", "Jane de ", "St Jane Roe "),
        *("fell 5%, ", "https://", "a-", "Dr ", "born ", "DOB ", "1/", "two a b ", "%", "["),
        *("1,000", "漢"),
    ],
)
def test_a_hundred_thousand_characters_are_read_in_a_moment(unit):
    text = (unit * (100_000 // len(unit) + 1))[:100_000]
    piece = Piece(text, (Link(0, 50_000, "https://a.example/"),), "Burglary")

    began = time.process_time()
    for finder in (personal.find, small_numbers.find, characters.find):
        for _ in finder(text):
            pass
    for _ in percentages.find(piece, FIGURES, 1):
        pass
    for _ in links.find(piece):
        pass

    assert time.process_time() - began < 4
