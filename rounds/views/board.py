"""To be written."""

def board(request, *args, **kwargs):
    raise LookupError("to be written")

def accept(request, *args, **kwargs):
    raise LookupError("to be written")

def ask(request, *args, **kwargs):
    raise LookupError("to be written")

def drafts(request, *args, **kwargs):
    raise LookupError("to be written")

def read(request, *args, **kwargs):
    raise LookupError("to be written")

def return_(request, *args, **kwargs):
    raise LookupError("to be written")

def take_in(request, *args, **kwargs):
    raise LookupError("to be written")
