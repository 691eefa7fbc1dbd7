"""The house stands as it was drawn: who may import whom, and where which words may stand.

Each check takes sources by their path, so that a planted fault shows that it would be found.
"""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from partnerships.models import Role

ROOT = Path(__file__).parent.parent

# What each package may import, beside itself (design, section 3).
MAY_IMPORT = {
    "documents": set(),
    "accounts": {"documents"},
    "mail": {"accounts", "documents"},
}
MAY_IMPORT["partnerships"] = {"accounts", "mail", "documents"}
MAY_IMPORT["priorities"] = MAY_IMPORT["partnerships"] | {"partnerships"}
MAY_IMPORT["actions"] = MAY_IMPORT["priorities"] | {"priorities"}
MAY_IMPORT["performance"] = MAY_IMPORT["priorities"] | {"priorities"}
MAY_IMPORT["rounds"] = MAY_IMPORT["actions"] | {"actions", "performance"}
MAY_IMPORT["reports"] = MAY_IMPORT["rounds"] | {"rounds"}
MAY_IMPORT["administration"] = MAY_IMPORT["rounds"] | {"rounds"}
MAY_IMPORT["search"] = MAY_IMPORT["rounds"] | {"rounds"}
MAY_IMPORT["cspportal"] = MAY_IMPORT["reports"] | {"reports", "administration", "search"}


def read(*patterns):
    return {
        str(path.relative_to(ROOT)): path.read_text()
        for pattern in patterns
        for path in sorted(ROOT.glob(pattern))
        if "migrations" not in path.parts
    }


CODE = read(*(f"{package}/**/*.py" for package in MAY_IMPORT))
TEMPLATES = read("templates/**/*.html", "templates/**/*.txt")
VIEWS = {path: source for path, source in CODE.items() if re.search(r"/views(/\w+)?\.py$", path)}


def package_of(path):
    return path.partition("/")[0]


def imported(tree):
    """Each import in a piece of code with the package it is from; relative ones stay at home."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node, node.module.partition(".")[0]


def upward_imports(code):
    return [
        f"{path}:{node.lineno} imports {package}"
        for path, source in code.items()
        for node, package in imported(ast.parse(source))
        if package in MAY_IMPORT
        and package != package_of(path)
        and package not in MAY_IMPORT[package_of(path)]
    ]


def hidden_imports(code):
    """Imports of another package inside a function, which would dodge a cycle."""
    return sorted(
        {
            f"{path}:{node.lineno} imports {package} in {function.name}"
            for path, source in code.items()
            for function in ast.walk(ast.parse(source))
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
            for node, package in imported(function)
            if package in MAY_IMPORT and package != package_of(path)
        }
    )


TAG_LIBRARIES = {Path(path).stem: package_of(path) for path in CODE if "/templatetags/" in path}


def upward_templates(templates):
    """Templates of an app that load or include what belongs to one above it."""
    found = []
    for path, source in templates.items():
        app = path.split("/")[1]
        if app not in MAY_IMPORT:
            continue
        used = re.findall(r"""\{%\s*(?:include|extends)\s+["'](\w+)/""", source)
        for names in re.findall(r"\{%\s*load\s+([\w ]+?)\s*%\}", source):
            used += [TAG_LIBRARIES[name] for name in names.split() if name in TAG_LIBRARIES]
        found += [
            f"{path} uses {package}"
            for package in used
            if package in MAY_IMPORT and package != app and package not in MAY_IMPORT[app]
        ]
    return found


def relations():
    """Every foreign key and list of many of the house: from which app to which."""
    return [
        (f"{model._meta.label}.{field.name}", model._meta.app_label, to)
        for model in apps.get_models()
        if model._meta.app_label in MAY_IMPORT
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if field.is_relation
        for to in [field.related_model._meta.app_label]
        if to in MAY_IMPORT
    ]


def upward_relations(found):
    return [
        f"{name} points at {to}"
        for name, app, to in found
        if to != app and to not in MAY_IMPORT[app]
    ]


# Words in their places -----------------------------------------------------------------


def roles_in_views(views):
    """A role named in a view: what a person may do is asked of `permissions.py`."""
    return [
        f"{path}:{node.lineno}"
        for path, source in views.items()
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Name | ast.alias) and _named(node) == "Role")
        or (isinstance(node, ast.Attribute) and node.attr == "role")
        or (isinstance(node, ast.Constant) and node.value in Role.values)
    ]


def _named(node):
    return node.id if isinstance(node, ast.Name) else node.name


def template_tags(source):
    return re.findall(r"\{%.*?%\}|\{\{.*?\}\}", source)


def roles_in_templates(templates):
    words = "|".join(Role.values)
    pattern = re.compile(rf"""\.role\b|["'](?:{words})["']""")
    return [
        f"{path}: {tag}"
        for path, source in templates.items()
        for tag in template_tags(source)
        if pattern.search(tag)
    ]


def fields_of_choices():
    """Every field that is a choice, with the words it may hold."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label in MAY_IMPORT and not hasattr(model, "instance_type"):
            for field in model._meta.fields:
                if field.choices:
                    found.setdefault(field.name, set()).update(dict(field.flatchoices))
    return found


CHOICES = fields_of_choices()


def literals_in_code(code):
    """A word of a choice written out: compared with its field, or looked for in it."""
    found = []
    for path, source in code.items():
        tree = ast.parse(source)
        skipped = set()
        for node in ast.walk(tree):
            # The constraints of a model stand where its own enum cannot be named.
            if isinstance(node, ast.ClassDef) and node.name == "Meta":
                skipped.update(ast.walk(node))
        for node in ast.walk(tree):
            if node not in skipped and _is_literal(node):
                found.append(f"{path}:{node.lineno}")
    return found


def _is_literal(node):
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        fields = [side.attr for side in sides if isinstance(side, ast.Attribute)]
        return any(_words(side) & CHOICES.get(name, set()) for name in fields for side in sides)
    if isinstance(node, ast.keyword) and node.arg:
        names = [part for part in node.arg.split("__") if part in CHOICES]
        return any(_words(node.value) & CHOICES[name] for name in names[-1:])
    return False


def _words(node):
    """The words written out in a constant, or in a list of them; an empty one is none."""
    if isinstance(node, ast.Constant):
        return {node.value} - {""}
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return set().union(*(_words(element) for element in node.elts))
    return set()


def literals_in_templates(templates):
    """A field compared with a word of its choice: templates take no such decision."""
    pattern = re.compile(r"""\.(\w+)\s*[!=]=\s*["'](\w+)["']""")
    return [
        f"{path}: {tag}"
        for path, source in templates.items()
        for tag in template_tags(source)
        for name, word in pattern.findall(tag)
        if word in CHOICES.get(name, set())
    ]


def writes_without_history(code):
    """Writes of many rows at once that leave nobody's name; the history's own helpers do."""
    return [
        f"{path}:{node.lineno}"
        for path, source in code.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in ("bulk_create", "bulk_update", "_raw_delete")
        or (node.func.attr == "update" and node.keywords and not node.args)
    ]


# The tests -----------------------------------------------------------------------------------

# The example writes its own past: who did what on which day of 2023. The helper writes history.
# What is purged must not be kept in it. A message is written by nobody, and keeps its own tries;
# so is what came of trying a link. A draft is no record: it is written over every few seconds.
BY_HAND = (
    *("reports/example/", "partnerships/history.py", "reports/purging.py", "mail/"),
    "reports/services/trying_links.py",
    "rounds/services/drafts.py",
)
WRITING_CODE = {path: text for path, text in CODE.items() if not path.startswith(BY_HAND)}

CHECKS = [
    (upward_imports, CODE),
    (hidden_imports, CODE),
    (upward_templates, TEMPLATES),
    (upward_relations, relations()),
    (roles_in_views, VIEWS),
    (roles_in_templates, TEMPLATES),
    (literals_in_code, CODE),
    (literals_in_templates, TEMPLATES),
    (writes_without_history, WRITING_CODE),
]

PLANTED = [
    (upward_imports, {"actions/models.py": "from rounds.models import Answer"}),
    (upward_imports, {"actions/models.py": "import performance.change"}),
    (upward_imports, {"documents/richtext.py": "from partnerships import models"}),
    (upward_imports, {"reports/content.py": "from cspportal.settings import DEBUG"}),
    (upward_imports, {"priorities/models.py": "def late():\n    import rounds.services"}),
    (hidden_imports, {"reports/content.py": "def late():\n    from rounds import models"}),
    (upward_templates, {"templates/performance/a.html": "{% include 'rounds/_b.html' %}"}),
    (upward_templates, {"templates/partnerships/a.html": '{% extends "reports/b.html" %}'}),
    (upward_relations, [("partnerships.Group.priority", "partnerships", "priorities")]),
    (upward_relations, [("actions.Action.indicator", "actions", "performance")]),
    (roles_in_views, {"rounds/views/a.py": "from partnerships.models import Role"}),
    (roles_in_views, {"rounds/views/a.py": "if membership.role in allowed: pass"}),
    (roles_in_views, {"rounds/views/a.py": "may = has(access, 'coordinator')"}),
    (roles_in_templates, {"templates/a.html": "{% if membership.role in may %}"}),
    (roles_in_templates, {"templates/a.html": '{% if post == "administrator" %}'}),
    (literals_in_code, {"rounds/a.py": "answer.state == 'draft'"}),
    (literals_in_code, {"rounds/a.py": "answer.state in ('submitted', 'accepted')"}),
    (literals_in_code, {"rounds/a.py": "answers.filter(update__round__state='closed')"}),
    (literals_in_code, {"rounds/a.py": "answers.exclude(rag__in=['red', 'amber'])"}),
    (literals_in_templates, {"templates/a.html": '{% if answer.response != "none" %}'}),
    (literals_in_templates, {"templates/a.html": "{% if action.progress == 'withdrawn' %}"}),
    (writes_without_history, {"rounds/a.py": "Answer.objects.bulk_create(found)"}),
    (writes_without_history, {"rounds/a.py": "answers.filter(pk=1).update(state=new)"}),
]


@pytest.mark.parametrize(("check", "sources"), CHECKS, ids=lambda value: _name(value))
def test_the_house_has_no(check, sources):
    assert sources, "nothing was looked at"
    assert check(sources) == []


@pytest.mark.parametrize(("check", "planted"), PLANTED, ids=lambda value: _name(value))
def test_a_planted_fault_is_found(check, planted):
    assert len(check(planted)) == 1


def _name(value):
    return getattr(value, "__name__", "")


def test_what_is_written_well_is_let_through():
    assert upward_imports({"rounds/a.py": "from actions.models import Action"}) == []
    assert hidden_imports({"rounds/a.py": "def f():\n    from .models import Answer"}) == []
    assert literals_in_code({"rounds/a.py": "page(section='figures')"}) == []
    assert literals_in_code({"rounds/a.py": "answer.state == Answer.State.DRAFT"}) == []
    assert roles_in_templates({"templates/a.html": "Ask the coordinator."}) == []
    assert writes_without_history({"rounds/a.py": "found.update({'a': 1})"}) == []


def test_every_package_of_the_house_has_its_place():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert packages <= set(MAY_IMPORT)
    assert packages | {"mail"} == set(MAY_IMPORT)
