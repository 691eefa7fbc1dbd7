"""To be written."""

def plans(request, *args, **kwargs):
    raise LookupError("to be written")

def plan(request, *args, **kwargs):
    raise LookupError("to be written")

def action(request, *args, **kwargs):
    raise LookupError("to be written")
