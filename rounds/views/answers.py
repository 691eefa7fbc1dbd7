"""To be written."""

def answer(request, *args, **kwargs):
    raise LookupError("to be written")

def quick(request, *args, **kwargs):
    raise LookupError("to be written")

def resolve(request, *args, **kwargs):
    raise LookupError("to be written")
