"""To be written."""

def indicators(request, *args, **kwargs):
    raise LookupError("to be written")

def indicator(request, *args, **kwargs):
    raise LookupError("to be written")
