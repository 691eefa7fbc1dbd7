"""The template pack: what a form looks like to a browser and to a screen reader."""

import re
from datetime import date

import pytest
from crispy_forms.layout import Fieldset, Layout
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import Context, Template
from lxml import html

from partnerships.dates import DayMonthYearField
from partnerships.forms import Checkboxes, PortalForm, Radios


class UpdateForm(PortalForm):
    """One field of every kind."""

    required_text = {"progress": "Choose how far the action has got"}
    not_optional = ("reason",)

    title = forms.CharField(max_length=20, help_text="As in the plan")
    email = forms.EmailField(label="Email address")
    secret = forms.CharField(label="Password", widget=forms.PasswordInput)
    text = forms.CharField(widget=forms.Textarea, max_length=500, required=False)
    group = forms.ChoiceField(choices=[("", "Choose a group"), ("dvf", "Violence forum")])
    progress = forms.ChoiceField(
        choices=[("", "---------"), ("todo", "Not yet started"), ("done", "Complete")],
        widget=Radios,
        help_text="Today",
    )
    rag = forms.ChoiceField(
        label="How is it going?",
        choices=[("green", "Green"), ("amber", "Amber"), ("red", "Red"), ("grey", "Not rated")],
        widget=Radios(
            hints={"green": "On course.", "red": "Off course."},
            reveals={("amber", "red"): ("reason",), "green": ("done_on",)},
            css_class="rag-choice",
        ),
    )
    reason = forms.CharField(label="Why?", widget=forms.Textarea, required=False)
    done_on = forms.DateField(label="Done on", required=False)
    themes = forms.MultipleChoiceField(
        choices=[("a", "Alcohol"), ("b", "Boats")], widget=Checkboxes
    )
    due_on = DayMonthYearField(label="Due on")
    agreed = forms.BooleanField(label="The Executive has agreed", help_text="At its meeting")
    figure = forms.DecimalField(max_value=10, max_digits=5, decimal_places=2)
    version = forms.IntegerField(widget=forms.HiddenInput)


ANSWERS = {
    "title": "Car crime",
    "email": "lead@swale.example",
    "secret": "x",
    "group": "dvf",
    "progress": "done",
    "rag": "amber",
    "reason": "Late",
    "themes": ["a"],
    "due_on_day": "1",
    "due_on_month": "4",
    "due_on_year": "2023",
    "agreed": "on",
    "figure": "1.5",
    "version": "1",
}


def drawn(form):
    return html.fromstring(f"<div>{render_crispy_form(form)}</div>")


def summary(form, first=""):
    template = Template("{% load govuk %}<div>{% error_summary form first=first %}</div>")
    return html.fromstring(template.render(Context({"form": form, "first": first})))


def described_by(element, page):
    return [
        page.get_element_by_id(id_).text_content()
        for id_ in element.get("aria-describedby").split()
    ]


@pytest.fixture
def empty():
    return UpdateForm({"version": "1"})


@pytest.mark.parametrize("answers", [None, {"version": "1"}, ANSWERS])
def test_every_id_is_unique_and_every_reference_exists(answers):
    page = drawn(UpdateForm(answers))

    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for reference in page.xpath("//@for | //@aria-controls"):
        assert reference in ids
    for references in page.xpath("//@aria-describedby"):
        assert set(references.split()) <= set(ids)


@pytest.mark.parametrize("answers", [None, {"version": "1"}])
def test_every_control_has_a_label(answers):
    page = drawn(UpdateForm(answers))

    labelled = set(page.xpath("//label/@for"))
    for control in page.xpath("//input[@type!='hidden'] | //select | //textarea"):
        assert control.get("id") in labelled


def test_nothing_is_drawn_that_a_strict_content_security_policy_refuses(empty):
    assert not re.search(r"\sstyle=|<style|<script|\son[a-z]+=", render_crispy_form(empty))


def test_a_control_is_described_by_its_hint_and_then_its_error(empty):
    page = drawn(empty)
    title = page.get_element_by_id("id_title")

    hint, error = described_by(title, page)
    assert hint == "As in the plan"
    assert " ".join(error.split()) == "Error: Fill in “Title”"
    assert title.get("aria-invalid") == "true"
    assert "govuk-input--error" in title.get("class")


def test_a_group_is_described_by_its_hint_and_then_its_error(empty):
    page = drawn(empty)
    (fieldset,) = page.xpath("//div[@id='div_id_progress']/fieldset")

    hint, error = described_by(fieldset, page)
    assert hint == "Today"
    assert "Choose how far the action has got" in error


def test_the_first_option_takes_the_bare_id_and_an_empty_one_is_left_out():
    page = drawn(UpdateForm())

    assert page.xpath("//input[@name='progress']/@id") == ["id_progress", "id_progress_1"]
    assert page.xpath("//input[@name='progress']/@value") == ["todo", "done"]
    assert page.xpath("//input[@name='themes']/@type") == ["checkbox", "checkbox"]


def test_an_option_is_described_by_its_own_hint():
    page = drawn(UpdateForm())
    green, amber = page.xpath("//input[@name='rag']")[:2]

    assert described_by(green, page) == ["On course."]
    assert amber.get("aria-describedby") is None


def test_every_line_of_the_error_summary_leads_to_a_control(empty):
    page = drawn(empty)
    lines = summary(empty, first="Everything you wrote has been kept")

    links = lines.xpath("//li/a/@href")
    assert len(links) == len(empty.errors) > 8
    for link in links:
        assert page.get_element_by_id(link.removeprefix("#")).tag in ("input", "select", "textarea")
    assert lines.xpath("string(//h2)") == "There is a problem"
    assert lines.xpath("string(//p)") == "Everything you wrote has been kept"


def test_an_error_of_the_whole_form_stands_in_the_summary_without_a_link():
    form = UpdateForm(ANSWERS)
    form.add_error(None, "The round has closed")

    assert summary(form).xpath("//li/text()") == ["The round has closed"]


def test_a_form_without_errors_has_no_summary():
    form = UpdateForm(ANSWERS)

    assert form.is_valid(), form.errors
    assert not summary(form).xpath("//h2")


def test_a_wrong_date_comes_back_as_typed_with_the_wrong_box_marked():
    form = UpdateForm(ANSWERS | {"due_on_day": "31", "due_on_month": "June"})
    page = drawn(form)
    boxes = [page.get_element_by_id(f"id_due_on_{part}") for part in ("day", "month", "year")]

    assert [box.get("value") for box in boxes] == ["31", "June", "2023"]
    assert [box.get("aria-invalid") for box in boxes] == ["true", None, None]
    assert summary(form).xpath("//a/@href") == ["#id_due_on_day"]


def test_a_date_already_known_fills_its_boxes():
    page = drawn(UpdateForm(initial={"due_on": date(2023, 4, 1)}))

    assert page.xpath("//div[@id='div_id_due_on']//input/@value") == ["1", "4", "2023"]


def test_a_plain_date_field_is_drawn_as_three_boxes_too():
    assert drawn(UpdateForm()).xpath("//input[starts-with(@name, 'done_on')]/@id") == [
        "id_done_on_day",
        "id_done_on_month",
        "id_done_on_year",
    ]


def test_questions_stand_once_under_the_last_of_the_answers_that_ask_them():
    page = drawn(UpdateForm(ANSWERS))
    (panel,) = page.xpath("//div[@data-asked-when='amber red']")

    assert panel.xpath(".//textarea/@name") == ["reason"]
    assert panel.getprevious().xpath(".//input/@value") == ["red"]
    assert len(page.xpath("//textarea[@name='reason']")) == 1


def test_questions_are_marked_as_hidden_until_their_answer_is_chosen():
    page = drawn(UpdateForm(ANSWERS))
    classes = {
        panel.get("data-asked-when"): panel.get("class")
        for panel in page.xpath("//div[@data-asked-when]")
    }

    assert "--hidden" not in classes["amber red"]
    assert "--hidden" in classes["green"]


def test_only_what_may_be_left_out_is_marked_optional():
    optional = drawn(UpdateForm()).xpath(
        "//*[self::label or self::legend][contains(., '(optional)')]"
    )

    assert [label.text for label in optional] == ["Text (optional)"]


def test_a_long_text_is_counted_and_never_cut_short_by_the_browser():
    page = drawn(UpdateForm())
    text = page.get_element_by_id("id_text")

    assert page.get_element_by_id("div_id_text").get("data-maxlength") == "500"
    assert described_by(text, page) == ["You can enter up to 500 characters"]
    assert not page.xpath("//@maxlength")


def test_a_figure_is_typed_into_a_text_box():
    figure = drawn(UpdateForm()).get_element_by_id("id_figure")

    assert (figure.get("type"), figure.get("inputmode")) == ("text", "decimal")
    assert not {"min", "max", "step"} & set(figure.keys())


def test_no_error_says_that_a_field_is_required(empty):
    assert "required" not in str(empty.errors).lower()


def test_a_text_too_long_says_by_how_much():
    form = UpdateForm(ANSWERS | {"title": "x" * 25})

    assert form.errors["title"] == ["Shorten this to 20 characters: it has 25"]


def test_what_a_field_declares_goes_before_what_the_form_would_say():
    class NameForm(PortalForm):
        name = forms.CharField(error_messages={"required": "Enter the name of the priority"})

    assert NameForm({}).errors["name"] == ["Enter the name of the priority"]


def test_no_box_takes_in_what_nobody_can_see():
    class TextsForm(PortalForm):
        name = forms.CharField(max_length=9)
        code = forms.CharField(required=False)
        lines = forms.CharField(widget=forms.Textarea)
        marker = forms.CharField(widget=forms.HiddenInput)
        password = forms.CharField(widget=forms.PasswordInput, strip=False)

    unseen = "\u202e \u200b\ufeffBob\u00ad\u00a0 \n Stone\u200b "
    form = TextsForm(dict.fromkeys(TextsForm.base_fields, unseen) | {"code": "\u200b\u202e"})
    form.fields["later"] = forms.CharField()
    form.data["later"] = "\u200b"

    assert form.errors == {"later": ["This field is required."]}
    assert form.cleaned_data == {
        "name": "Bob Stone",
        "code": "",
        "lines": "Bob\n Stone",
        "marker": unseen.strip(),
        "password": unseen,
    }


def test_what_people_typed_is_escaped():
    page = render_crispy_form(UpdateForm(ANSWERS | {"title": "<b>&", "reason": "</textarea><i>"}))

    assert "<b>" not in page
    assert "<i>" not in page


def test_a_form_with_a_button_writes_its_own_tag_and_sends_once():
    class NameForm(PortalForm):
        submit_text = "Save and continue"
        name = forms.CharField()

    (form,) = drawn(NameForm()).xpath("//form")
    (button,) = form.xpath(".//button")
    assert form.get("method") == "post"
    assert form.get("novalidate") is not None
    assert button.text == "Save and continue"
    assert button.get("data-prevent-double-click") == "true"
    assert button.get("name") is None


def test_a_layout_groups_fields_and_keeps_the_hidden_ones():
    class PeriodForm(PortalForm):
        layout = Layout(Fieldset("Dates", "starts_on", "ends_on"))
        starts_on = forms.DateField()
        ends_on = forms.DateField()
        version = forms.IntegerField(widget=forms.HiddenInput)

    page = drawn(PeriodForm())
    assert page.xpath("string(//fieldset/legend)") == "Dates"
    assert len(page.xpath("//fieldset[legend='Dates']//input[@type='text']")) == 6
    assert len(page.xpath("//input[@name='version']")) == 1


def test_the_errors_of_a_formset_are_all_in_the_summary():
    class NameForm(PortalForm):
        name = forms.CharField()

    names = forms.formset_factory(NameForm, extra=2)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-name": "", "form-1-name": ""}
    )

    assert summary(names).xpath("//a/@href") == ["#id_form-0-name", "#id_form-1-name"]


def test_a_form_of_a_library_is_drawn_too():
    class PlainForm(forms.Form):
        login = forms.EmailField()

    assert drawn(PlainForm()).xpath("//input[@name='login']/@class") == ["govuk-input"]
