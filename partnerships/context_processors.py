"""What the frame of every page needs."""


def frame(request):
    """The person's access to the partnership of the address, where there is one."""
    return {
        "access": getattr(request, "access", None),
        "accesses": getattr(request, "accesses", ()),
    }
