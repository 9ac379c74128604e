"""How good the recommendations are: decisions against ranks, and measured benchmarks."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import login_required

from matchmaker.matching import evaluation as figures
from matchmaker.matching import queries, reliability
from matchmaker.web import door
from matchmaker.web.matching.blueprint import bp
from matchmaker.web.matching.board import chosen_call, readable_programs

METRICS = {
    "ndcg_at_10": "nDCG@10",
    "mrr": "MRR",
    "recall_at_5": "recall@5",
    "recall_at_10": "recall@10",
    "hit_at_1": "hit@1",
}
MATCHERS = {
    "platform": _l("This platform"),
    "part_text": _l("Its best part alone: same words"),
    "part_bridge": _l("Its best part alone: same words in translation"),
    "part_meaning": _l("Its best part alone: like meaning"),
    "bm25": _l("BM25 over words and pairs of characters"),
    "words": _l("TF-IDF over words and pairs of characters"),
    "characters": _l("Shared runs of characters (TF-IDF)"),
    "lot": _l("Drawn by lot"),
}


@bp.get("/matching/evaluation")
@login_required
def evaluation() -> str:
    """What people decided against where the pair stood, beside the measured tables."""
    calls = queries.calls(door.db(), readable_programs(door.actor()))
    call = chosen_call(calls, request.args.get("call", ""), door.now())
    run = queries.newest_result(door.db(), call.id) if call else None
    bands = figures.decisions_by_rank(door.db(), call.id) if call else []
    yes = sum(band.interested for band in bands)
    return render_template(
        "matching/evaluation.html",
        call=call,
        calls=calls,
        run=run,
        bands=bands,
        decided=sum(band.decided for band in bands),
        yes=yes,
        yes_in_top=bands[0].interested if bands else 0,
        by_chance=min(1.0, 5 / run.outcome["teams"]) if run and run.outcome.get("teams") else None,
        is_enough=yes >= figures.ENOUGH,
        enough=figures.ENOUGH,
        tables=[(table, _heads(table)) for table in figures.benchmarks()],
        languages=figures.languages(),
        labelled=reliability.on_labelled_sets(),
        metrics=METRICS,
        matchers=MATCHERS,
    )


def _heads(table: figures.Benchmark) -> list[object]:
    """The heads of a table: the matcher, then one metric each."""
    return [
        _("Matcher"),
        *({"label": METRICS.get(each, each), "numeric": True} for each in table.metrics),
    ]
