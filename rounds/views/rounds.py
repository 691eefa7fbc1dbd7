"""To be written."""

def rounds(request, *args, **kwargs):
    raise LookupError("to be written")

def make(request, *args, **kwargs):
    raise LookupError("to be written")

def dates(request, *args, **kwargs):
    raise LookupError("to be written")

def open_(request, *args, **kwargs):
    raise LookupError("to be written")

def close(request, *args, **kwargs):
    raise LookupError("to be written")

def reopen(request, *args, **kwargs):
    raise LookupError("to be written")

def recommendations(request, *args, **kwargs):
    raise LookupError("to be written")
