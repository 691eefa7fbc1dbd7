"""What somebody reads on the page of a report."""

from lxml import html

# What leads from place to place, and what is read out in place of words or shown in place of them.
ON_THE_PAGE_ALONE = "//title|//style|//nav|//caption[contains(@class,'hidden')]|//*[@aria-hidden]"


def words_on(page):
    """All words of the document, without white space; of a picture, what it says in words."""
    document = html.document_fromstring(page)
    for picture in document.xpath("//*[@role='img']"):
        picture.text = picture.get("aria-label")
    for element in document.xpath(ON_THE_PAGE_ALONE):
        element.drop_tree()
    return "".join("".join(document.xpath("//text()")).split())
