"""To be written."""

def home(request, *args, **kwargs):
    raise LookupError("to be written")

def everywhere(request, *args, **kwargs):
    raise LookupError("to be written")
