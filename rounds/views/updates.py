"""To be written."""

def update(request, *args, **kwargs):
    raise LookupError("to be written")

def submit(request, *args, **kwargs):
    raise LookupError("to be written")

def sent(request, *args, **kwargs):
    raise LookupError("to be written")
