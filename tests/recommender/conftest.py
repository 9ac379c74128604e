"""The demo cohort and a few small records to match."""

import json
from functools import cache

import pytest

from matchmaker.kernel.resources import folder

COHORT = folder("data") / "cohort"


@cache
def _read(name):
    with (COHORT / name).open(encoding="utf8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture
def cohort():
    """Challenges and teams of the demo cohort; treat as read-only."""
    return _read("challenges.jsonl"), _read("teams.jsonl")


@pytest.fixture
def judged():
    return _read("fit.jsonl")


CHROME = {
    "id": "c1",
    "title": {"zh_TW": "水龍頭鍍鉻瑕疵檢測", "en": None},
    "pain": {"zh_TW": "鏡面反光，目檢人員常漏掉針孔。", "en": None},
    "domains": ["manufacturing"],
    "technologies": ["defect_detection", "segmentation"],
    "modalities": ["image"],
}
BEDS = {
    "id": "c2",
    "title": {"zh_TW": None, "en": "Forecasting free hospital beds"},
    "pain": {
        "zh_TW": None,
        "en": "Patients wait in emergency because nobody knows tomorrow's beds.",
    },
    "domains": ["healthcare"],
    "technologies": ["forecasting"],
}
PRISM = {
    "id": "t1",
    "name": {"zh_TW": "稜鏡面檢", "en": None},
    "profile": {"zh_TW": "專做反光金屬表面的瑕疵檢測，圈出針孔與刮痕。", "en": None},
    "projects": [
        {
            "title": {"zh_TW": "水龍頭鍍鉻針孔檢測"},
            "body": {"zh_TW": "三條產線。"},
            "results": "漏檢 1.8% → 0.4%",
            "evidence": "customer letter",
            "site": "衛浴廠",
        }
    ],
    "domains": ["manufacturing"],
    "technologies": ["defect_detection"],
    "modalities": ["image"],
    "capacity": 2,
    "languages": ["zh-TW"],
}
MIRROR = {
    "id": "t2",
    "name": {"zh_TW": None, "en": "Mirrorcheck"},
    "profile": {"zh_TW": None, "en": "Finds defects, blemishes and pinholes on chromed taps."},
    "projects": [],
    "capacity": 1,
    "languages": ["en"],
}
BEDCAST = {
    "id": "t3",
    "name": {"zh_TW": "床位預報", "en": "Bedcast"},
    "profile": {
        "zh_TW": "預測醫院病床空出的時間，急診病人少等。",
        "en": "Forecasts when hospital beds fall free, so that emergency patients wait less.",
    },
    "projects": [{"title": {"en": "Bed forecast"}, "body": {"en": "Two wards."}, "evidence": ""}],
    "domains": ["healthcare"],
    "technologies": ["forecasting"],
    "capacity": 0,
}
PARKING = {"id": "t4", "lang": "zh", "name": "停車通", "body": "路邊停車繳費與地磁感測。"}


@pytest.fixture
def challenges():
    return [CHROME, BEDS]


@pytest.fixture
def teams():
    return [PRISM, MIRROR, BEDCAST, PARKING]
