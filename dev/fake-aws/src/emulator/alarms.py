"""Keeps an alarm's metric math, which the emulator's CloudFormation refuses.

The front evaluates it (`alarm_metrics.rs`).
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudwatch-alarm-metricdataquery.html
"""

from ministack.services.cloudformation import provisioners

_record = provisioners._cw_metric_alarm_record

# What an alarm on one metric has; one on metric math has it in each of its metrics.
_OF_ONE_METRIC = ("MetricName", "Namespace", "Statistic", "Period", "Dimensions", "Unit")


def _query(query):
    query = {**query, "ReturnData": str(query.get("ReturnData", True)).lower() == "true"}
    if "MetricStat" in query:
        query["MetricStat"] = {**query["MetricStat"], "Period": int(query["MetricStat"]["Period"])}
    return query


def _record_with_metric_math(name, props):
    if "Metrics" not in props:
        return _record(name, props)
    metrics = [_query(query) for query in props["Metrics"]]
    stand_in = {**props, "Metrics": None, "MetricName": "math", "Namespace": "math"}
    alarm = _record(name, stand_in)
    for field in _OF_ONE_METRIC:
        del alarm[field]
    return {**alarm, "Metrics": metrics}


def install():
    """Puts this in the emulator's place."""
    provisioners._cw_metric_alarm_record = _record_with_metric_math
