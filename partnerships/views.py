"""To be written."""

def accessibility(request, *args, **kwargs):
    raise LookupError("to be written")

def privacy(request, *args, **kwargs):
    raise LookupError("to be written")

def cookies(request, *args, **kwargs):
    raise LookupError("to be written")

def brand(request, *args, **kwargs):
    raise LookupError("to be written")
