"""To be written."""

def reports(request, *args, **kwargs):
    raise LookupError("to be written")

def report(request, *args, **kwargs):
    raise LookupError("to be written")

def check(request, *args, **kwargs):
    raise LookupError("to be written")
