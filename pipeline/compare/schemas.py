"""Columns of the tables that are made row by row (those made from arrays carry their own)."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

_S, _I, _F, _B = pa.string(), pa.int32(), pa.float64(), pa.bool_()
_SPAN = pa.struct([("document", _S), ("start", _I), ("end", _I), ("quote", _S)])


def _schema(**fields: pa.DataType) -> pa.Schema:
    return pa.schema(list(fields.items()))


SCHEMAS: Mapping[str, pa.Schema] = {
    "event_rates": _schema(
        municipality=_S, name=_S, kind=_S, period=_S, events=_I, population=_I, rate=_F, low=_F, high=_F, status=_S
    ),
    "funnel": _schema(
        municipality=_S, name=_S, theme=_S, documents=_I, documents_with=_I, rate=_F, target=_F, low_95=_F, high_95=_F,
        low_998=_F, high_998=_F, z=_F, phi=_F, tau2=_F, outside=_S, status=_S,
    ),
    "trends": _schema(
        municipality=_S, name=_S, theme=_S, first=_S, last=_S, years=_I, documents=_I, documents_with=_I, slope=_F,
        slope_low=_F, slope_high=_F, p=_F, q=_F, direction=_S, status=_S,
    ),
    "follow_through": _schema(
        municipality=_S, theme=_S, episode=_I, step=_I, state=_S, date=_S, date_from=_S, days=_I, attribution=_S,
        document=_S, start=_I, end=_I, quote=_S, repeated=_I,
    ),
    "closure": _schema(
        municipality=_S, name=_S, theme=_S, episodes=_I, closed=_I, recurred=_I, open=_B, first=_S, last=_S,
        median_days=_I, median_low=_I, median_high=_I,
    ),
    "timeline": _schema(
        event_id=_S, municipality=_S, name=_S, kind=_S, label=_S, authority=_S, date=_S, date_from=_S, sort_date=_S,
        count=_I, amount=pa.int64(), deadline=_S, case_number=_S, sanction=_I, step=_S, ongoing=_B,
        documents=pa.list_(_S), spans=pa.list_(_SPAN), quotes=pa.list_(_S), mentions=_I, conflict=_S,
    ),
    "conflicts": _schema(
        conflict_id=_S, municipality=_S, name=_S, kind=_S, field=_S, value_a=_S, value_b=_S, date_a=_S, date_b=_S,
        document_a=_S, start_a=_I, end_a=_I, quote_a=_S, document_b=_S, start_b=_I, end_b=_I, quote_b=_S, sentence=_S,
    ),
    "cooccurrence": _schema(
        theme_a=_S, theme_b=_S, polarity=_S, documents=_I, with_a=_I, with_b=_I, both=_I, expected=_F, lift=_F, low=_F,
        high=_F, p=_F, q=_F, separable=_B,
    ),
    "clusters": _schema(
        municipality=_S, name=_S, cluster=_I, label=_S, themes=pa.list_(_S), x=_F, y=_F, silhouette=_F, medoid=_B,
        stability=_F,
    ),
    "topics": _schema(
        topic=_I, label=_S, terms=pa.list_(_S), passages=_I, documents=_I, municipalities=_I, share=_F, first=_S,
        last=_S, slope=_F, emerging=_B, quotes=pa.list_(_SPAN),
    ),
    "definitions": _schema(key=_S, sv=_S, en=_S),
    "dictionary": _schema(table=_S, column=_S, type=_S, meaning_sv=_S, meaning_en=_S, unit=_S),
}  # fmt: skip
