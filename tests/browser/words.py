"""The words on the pages, asked for in English as the templates do."""

from __future__ import annotations

from matchmaker.kernel.i18n import Lang, catalogue

LANGS = {"zh": Lang.ZH_TW, "en": Lang.EN}


class Words:
    """``Words("zh")("Sign in")`` is what a Chinese page says for it."""

    def __init__(self, lang: str):
        self.lang = lang
        self._catalogue = catalogue(LANGS[lang])

    def __call__(self, sentence: str, **values: object) -> str:
        """The sentence in the language of the pages."""
        said = self._catalogue.gettext(sentence)
        return said % values if values else said.replace("%%", "%")
