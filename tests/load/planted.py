"""Faults that `make load --plant …` must find; middleware, so that the portal's code has none."""

from itertools import count

from django.db import transaction

from rounds.views import answers, writing


class NaiveSave:
    """A save that takes what it read for the latest: nobody is held, no version is compared."""

    def __init__(self, get_response):
        self.get_response = get_response
        if writing.held is not _read_only:
            writing.held, NaiveSave.held = _read_only, writing.held
            answers.save_held_answer, NaiveSave.save = _write_over, answers.save_held_answer

    def __call__(self, request):
        return self.get_response(request)


def _read_only(found):
    found = NaiveSave.held(found)
    found.query.select_for_update = False
    return found


def _write_over(*, answer, version, **given):
    return NaiveSave.save(answer=answer, version=answer.version, **given)


class AnsweredBeforeWritten:
    """A save that is answered first; of every tenth nothing is written afterwards."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.saves = count(1)

    def __call__(self, request):
        if request.method != "POST" or next(self.saves) % 10:
            return self.get_response(request)
        with transaction.atomic():
            response = self.get_response(request)
            transaction.set_rollback(True)
        return response
