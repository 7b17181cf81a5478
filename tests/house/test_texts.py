"""No page speaks English to a Chinese reader."""

from tools import texts


def test_every_text_has_chinese() -> None:
    assert not texts.missing()


def test_a_text_is_known_by_its_context_too() -> None:
    page = (
        '{% translate "checked" context "a file" %} {% blocktranslate with n=n %}{{ n }} % of it{% endblocktranslate %}'
    )
    assert texts.of_template(page) == {("a file", "checked"), ("", "%(n)s %% of it")}
    assert texts.of_source('pgettext("a file", "checked"); _("open"); _(name)') == {("a file", "checked"), ("", "open")}
