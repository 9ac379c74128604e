"""The sentences behind the codes of a run, in English and in Taiwanese Mandarin.

The recommender answers in language-neutral codes with parameters. A web page translates
``SENTENCES[code]`` through its own catalogue; a command line, which has none, asks ``say``.
"""

from collections.abc import Mapping

from matchmaker.recommender import lexicon
from matchmaker.recommender.records import ZH


def msg(text: str) -> str:
    """Mark a sentence for the extractor of translations; the text comes back unchanged."""
    return text


SENTENCES: dict[str, str] = {
    # reasons
    "text.profile": msg("The team's profile speaks of the same thing: %(terms)s."),
    "text.project": msg("The team's project “%(project)s” speaks of the same thing: %(terms)s."),
    "bridge.profile": msg(
        "Word for word by the dictionary, the team's profile speaks of the same thing: %(terms)s."
    ),
    "bridge.project": msg(
        "Word for word by the dictionary, the team's project “%(project)s” speaks of the same "
        "thing: %(terms)s."
    ),
    "meaning.profile": msg("In what it means, the team's profile comes close: %(terms)s."),
    "meaning.project": msg(
        "In what it means, the team's project “%(project)s” comes close: %(terms)s."
    ),
    "taxonomy.shared": msg("Both name the same field or use: %(concepts)s."),
    "capability.shown": msg(
        "The team shows %(covered)s of %(asked)s technologies and data kinds: %(concepts)s."
    ),
    "evidence.project": msg(
        "The project “%(project)s” states a result with evidence: %(evidence)s."
    ),
    "evidence.result": msg("The project “%(project)s” states a result: %(evidence)s."),
    "feedback.positive": msg("Earlier decisions on this pair speak for it."),
    "feedback.negative": msg("Earlier decisions on this pair speak against it."),
    "pinned": msg("The programme office fixed this pair."),
    # what is missing
    "gap.capability": msg("Asked for, but shown nowhere by the team: %(concepts)s."),
    "gap.domain": msg("The team shows no work in this field: %(concepts)s."),
    "gap.site": msg("No project of the team names a site where it ran."),
    "gap.results": msg("No project of the team states a result with evidence."),
    "gap.projects": msg("The team lists no project."),
    "gap.capacity": msg("The team has no free capacity."),
    "gap.capacity_unknown": msg("The team does not say how many PoCs it can take on."),
    "gap.language": msg("The two texts share no language; the match rests on a dictionary."),
    # why not
    "conflict": msg("Not recommended because of a conflict of interest."),
    "ineligible": msg("Not recommended because the team is not eligible for this call."),
    "capacity": msg("Not recommended because the team has no free capacity."),
    "excluded": msg("Not recommended because this pair was ruled out by hand."),
    # what would raise a score
    "step.capability": msg("Show work with %(concepts)s."),
    "step.taxonomy": msg("Show work in this field or use: %(concepts)s."),
    "step.proof": msg("State a result with evidence for the project “%(project)s”."),
    "step.result": msg("State the result of the project “%(project)s”."),
    "step.evidence": msg("Give evidence for the result of the project “%(project)s”."),
    "step.project": msg("Add a project as close to the challenge as the team's profile is."),
    "step.another_project": msg(
        "Add another project, as close to the challenge as “%(project)s” is."
    ),
    # what a team could add
    "advice.project": msg("Add a past project in this field, if you have one: %(concepts)s."),
    "advice.capability": msg("Show work with %(concepts)s, if you have any."),
    "advice.taxonomy": msg("Show work for this use, if you have any: %(concepts)s."),
    "advice.first_project": msg("Add a past project, as close to your field as your profile is."),
    "advice.chinese": msg("Write your profile in Chinese, too."),
    "advice.english": msg("Write your profile in English, too."),
    "advice.capacity": msg("Free a place for a PoC, or correct how many you can take on."),
    # fit, in words
    "fit.strong": msg("strong fit"),
    "fit.fair": msg("fair fit"),
    "fit.weak": msg("weak fit"),
    # parts of a score
    "part.text": msg("same words"),
    "part.bridge": msg("same words in translation"),
    "part.meaning": msg("like meaning"),
    "part.taxonomy": msg("field and use"),
    "part.capability": msg("technologies and data"),
    "part.evidence": msg("evidence"),
    "part.feedback": msg("earlier decisions"),
}

CHINESE: dict[str, str] = {
    "text.profile": "團隊檔案提到相同的內容：%(terms)s。",
    "text.project": "團隊的專案「%(project)s」提到相同的內容：%(terms)s。",
    "bridge.profile": "逐詞對照辭典，團隊檔案談到同一件事：%(terms)s。",
    "bridge.project": "逐詞對照辭典，團隊的專案「%(project)s」談到同一件事：%(terms)s。",
    "meaning.profile": "團隊檔案的內容與題目語意相近：%(terms)s。",
    "meaning.project": "團隊的專案「%(project)s」與題目語意相近：%(terms)s。",
    "taxonomy.shared": "雙方的領域或用途相同：%(concepts)s。",
    "capability.shown": "技術與資料要求 %(asked)s 項，團隊具備 %(covered)s 項：%(concepts)s。",
    "evidence.project": "專案「%(project)s」的成果有佐證：%(evidence)s。",
    "evidence.result": "專案「%(project)s」列出了成果：%(evidence)s。",
    "feedback.positive": "過去對這組配對的決定是正面的。",
    "feedback.negative": "過去對這組配對的決定是負面的。",
    "pinned": "這組配對由計畫辦公室指定。",
    "gap.capability": "題目要求、但團隊從未提及：%(concepts)s。",
    "gap.domain": "團隊在這個領域沒有經驗：%(concepts)s。",
    "gap.site": "團隊的專案都沒有寫明實際運作的場域。",
    "gap.results": "團隊的專案都沒有附佐證的成果。",
    "gap.projects": "團隊沒有列出任何專案。",
    "gap.capacity": "團隊目前沒有餘力承接。",
    "gap.capacity_unknown": "團隊沒有說明可同時承接幾件概念驗證案。",
    "gap.language": "雙方的文字沒有共同的語言，媒合是靠辭典對照得出的。",
    "conflict": "因利益衝突而不推薦。",
    "ineligible": "因團隊不符合本次徵件的資格而不推薦。",
    "capacity": "因團隊沒有餘力承接而不推薦。",
    "excluded": "因這組配對已由人員排除而不推薦。",
    "step.capability": "寫明「%(concepts)s」的經驗。",
    "step.taxonomy": "寫明這個領域或用途的經驗：%(concepts)s。",
    "step.proof": "為專案「%(project)s」寫明成果並附佐證。",
    "step.result": "寫明專案「%(project)s」的成果。",
    "step.evidence": "為專案「%(project)s」的成果附上佐證。",
    "step.project": "新增一個專案，與題目的契合程度和團隊檔案相當。",
    "step.another_project": "再新增一個專案，與題目的契合程度和「%(project)s」相當。",
    "advice.project": "若有這個領域的專案，請加入：%(concepts)s。",
    "advice.capability": "若有「%(concepts)s」的經驗，請寫明。",
    "advice.taxonomy": "若有這項用途的經驗，請寫明：%(concepts)s。",
    "advice.first_project": "加入一個過去的專案，內容與團隊檔案所述的專長相當。",
    "advice.chinese": "團隊檔案也用中文撰寫。",
    "advice.english": "團隊檔案也用英文撰寫。",
    "advice.capacity": "騰出一個概念驗證的名額，或更正可承接的數量。",
    "fit.strong": "高度契合",
    "fit.fair": "中度契合",
    "fit.weak": "低度契合",
    "part.text": "相同的用詞",
    "part.bridge": "翻譯後相同的用詞",
    "part.meaning": "相近的意思",
    "part.taxonomy": "領域與用途",
    "part.capability": "技術與資料",
    "part.evidence": "佐證",
    "part.feedback": "過去的決定",
}


def say(code: str, params: Mapping[str, object], lang: str) -> str:
    """The sentence of a code with its gaps filled; ``lang`` is ``zh_TW`` or ``en``."""
    text = CHINESE[code] if lang == ZH else SENTENCES[code]
    return text % shown_params(params, lang)


def shown_params(params: Mapping[str, object], lang: str) -> dict[str, str]:
    """The parameters of a reason or gap as text: lists joined, concepts by their label."""
    return {name: _shown(name, value, lang) for name, value in params.items()}


def _shown(name: str, value: object, lang: str) -> str:
    if not isinstance(value, list | tuple):
        return str(value)
    words = [concept_label(str(v), lang) if name == "concepts" else str(v) for v in value]
    return ("、" if lang == ZH else ", ").join(words)


def concept_label(key: str, lang: str) -> str:
    """What a concept is called; one outside the taxonomy keeps its id."""
    concept = lexicon.concepts().get(key)
    if concept is None:
        return key.partition(":")[2]
    return concept.zh[0] if lang == ZH else concept.en[0]
