"""Every sentence exists in both languages."""

from __future__ import annotations

import re

from tests.catalogues import missing, saved, unused

GAP = re.compile(r"%\((\w+)\)[sd]")


def test_every_sentence_has_a_chinese_text():
    assert missing(saved()) == []


def test_the_catalogue_holds_no_sentence_that_nobody_says():
    assert unused(saved()) == []


def test_translations_fill_the_same_gaps():
    wrong = []
    for entry in saved():
        ids = entry.id if isinstance(entry.id, tuple | list) else (entry.id,)
        strings = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
        wanted = set().union(*(GAP.findall(text) for text in ids))
        wrong += [
            str(entry.id)
            for text in strings
            if not set(GAP.findall(text)) <= wanted
            or not wanted - {"num", "n", "count"} <= set(GAP.findall(text))
        ]
    assert wrong == []


def test_chinese_texts_follow_taiwan_usage():
    """Words that are written otherwise in Taiwan; each with what to write instead."""
    instead = {
        "软": "軟", "數據庫": "資料庫", "用戶": "使用者", "默認": "預設", "質量": "品質",
        "信息": "訊息／資訊", "視頻": "影片", "文件夾": "資料夾", "反饋": "回饋",
        "網絡": "網路", "服務器": "伺服器", "鏈接": "連結", "保存": "儲存", "密鑰": "金鑰",
        "屏幕": "螢幕", "打印": "列印", "搜索": "搜尋",
    }  # fmt: skip
    wrong = []
    for entry in saved():
        strings = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
        for text in strings:
            wrong += [
                f"{word} in {text}"
                for word in instead
                if word in text.replace("評分項目", "").replace("交付項目", "")
            ]
    assert wrong == []


def test_a_percent_sign_that_fills_no_gap_is_doubled():
    """A single one would break the page that says the sentence."""
    wrong = []
    for entry in saved():
        for side in (entry.id, entry.string):
            texts = side if isinstance(side, tuple | list) else (side,)
            wrong += [text for text in texts if "%" in GAP.sub("", text.replace("%%", ""))]
    assert wrong == []
