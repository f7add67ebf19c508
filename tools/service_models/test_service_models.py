"""The validator finds what deviates, in each protocol, and nothing else."""

import json
import unittest
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import cbor2

import accepted
import recordings
from accepted import Accepted
from catalogue import Unknown, call_of
from constraints import check_string, check_text
from deviations import Deviation, Report
from patterns import matches
from recordings import Exchange, Message
from validation import deviations_of, validate

_XML = {"content-type": "text/xml"}
_AUTO_SCALING = "http://autoscaling.amazonaws.com/doc/2011-01-01/"


def _exchange(service: str, action: str, request: Message, reply: Message) -> Exchange:
    return Exchange(
        service=service,
        action=action,
        program="a-program",
        method="POST",
        path="/",
        request=request,
        status=200,
        reply=reply,
    )


def _form(action: str, version: str, **parameters: str) -> Message:
    pairs = {"Action": action, "Version": version, **parameters}
    media_type = "application/x-www-form-urlencoded"
    return Message({"content-type": media_type}, urlencode(pairs).encode())


def _query(result: str, **parameters: str) -> Exchange:
    """DescribeScalingActivities, whose reply has one activity."""
    action = "DescribeScalingActivities"
    reply = (
        f'<{action}Response xmlns="{_AUTO_SCALING}"><{action}Result><Activities><member>'
        "<ActivityId>1-2</ActivityId><AutoScalingGroupName>workers</AutoScalingGroupName>"
        f"<Cause>A user.</Cause><StartTime>2026-01-01T00:00:00.000Z</StartTime>{result}"
        f"</member></Activities></{action}Result><ResponseMetadata><RequestId>3</RequestId>"
        f"</ResponseMetadata></{action}Response>"
    )
    request = _form(action, "2011-01-01", **parameters)
    return _exchange("autoscaling", action, request, Message(_XML, reply.encode()))


def _ec2(item: str, **parameters: str) -> Exchange:
    action = "DescribeSpotPriceHistory"
    reply = (
        f'<{action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
        f"<requestId>1</requestId><spotPriceHistorySet><item>{item}</item>"
        f"</spotPriceHistorySet><nextToken/></{action}Response>"
    )
    request = _form(action, "2016-11-15", **parameters)
    return _exchange("ec2", action, request, Message(_XML, reply.encode()))


def _json(request: dict, reply: dict, status: int = 200) -> Exchange:
    media_type = {"content-type": "application/x-amz-json-1.0"}
    target = {"x-amz-target": "AWSStepFunctions.StartExecution"}
    exchange = _exchange(
        "states",
        "StartExecution",
        Message({**media_type, **target}, json.dumps(request).encode()),
        Message(media_type, json.dumps(reply).encode()),
    )
    return replace(exchange, status=status)


def _rest_json(path: str, request: dict, reply: dict) -> Exchange:
    media_type = {"content-type": "application/json"}
    exchange = _exchange(
        "scheduler",
        "",
        Message(media_type, json.dumps(request).encode()),
        Message(media_type, json.dumps(reply).encode()),
    )
    return replace(exchange, path=path)


def _rest_xml(path: str, reply: str) -> Exchange:
    media_type = {"content-type": "application/xml"}
    exchange = _exchange("s3", "", Message({}, b""), Message(media_type, reply.encode()))
    return replace(exchange, method="GET", path=path)


def _cbor(request: dict, reply: dict) -> Exchange:
    action = "ListTagsForResource"
    headers = {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
    exchange = _exchange(
        "monitoring",
        action,
        Message(headers, cbor2.dumps(request)),
        Message(headers, cbor2.dumps(reply)),
    )
    return replace(exchange, path=f"/service/GraniteServiceVersion20100801/operation/{action}")


_STATUS = "<StatusCode>Successful</StatusCode>"
_PRICE = (
    "<instanceType>m5.large</instanceType><spotPrice>0.1</spotPrice>"
    "<timestamp>2026-01-01T00:00:00.000Z</timestamp>"
)
_MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:machine"
_STARTED = {"executionArn": f"{_MACHINE}:1", "startDate": 1.5}
_SCHEDULE = {
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "ScheduleExpression": "rate(1 hour)",
    "Target": {"Arn": _MACHINE, "RoleArn": "arn:aws:iam::000000000000:role/a"},
}
_SCHEDULED = {"ScheduleArn": "arn:aws:scheduler:us-east-1:000000000000:schedule/default/a"}
_BUCKET = (
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>'
    "<KeyCount>1</KeyCount><Contents><Key>k</Key><Size>1</Size></Contents></ListBucketResult>"
)
_TAGS = {"Tags": [{"Key": "a", "Value": "b"}]}
_ERROR = (
    f'<ErrorResponse xmlns="{_AUTO_SCALING}"><Error><Type>Sender</Type>'
    "<Code>ValidationError</Code><Message>No.</Message></Error>"
    "<RequestId>1</RequestId></ErrorResponse>"
)


_LAUNCH = _form(
    "LaunchInstances",
    "2011-01-01",
    AutoScalingGroupName="workers",
    RequestedCapacity="1",
    ClientToken="a",
)


def _refused(body: str, status: int = 400) -> Exchange:
    return replace(_query(_STATUS), status=status, reply=Message(_XML, body.encode()))


def _deviations(exchange: Exchange) -> list[Deviation]:
    return deviations_of(call_of(exchange), exchange)


class Protocols(unittest.TestCase):
    """One right example of each protocol, and each way in which it can be wrong."""

    def assert_found(self, exchange: Exchange, *expected: tuple[str, str, str]) -> None:
        found = [(one.side, one.path, one.kind) for one in _deviations(exchange)]
        self.assertEqual(sorted(found), sorted(expected))

    def test_query(self) -> None:
        group = {"AutoScalingGroupName": "workers"}
        self.assert_found(_query(_STATUS, **group, **{"ActivityIds.member.1": "1-2"}))
        activity = "Activities[]"
        for result, path, kind in (
            ("", f"{activity}.StatusCode", "missing"),
            ("<StatusCode>Done</StatusCode>", f"{activity}.StatusCode", "enum"),
            (f"{_STATUS}<Progress>all</Progress>", f"{activity}.Progress", "type"),
            (f"{_STATUS}<Color>red</Color>", f"{activity}.Color", "unknown"),
            (f"{_STATUS}<EndTime>2026</EndTime>", f"{activity}.EndTime", "timestamp"),
            (f"{_STATUS}{_STATUS}", f"{activity}.StatusCode", "type"),
        ):
            with self.subTest(result):
                self.assert_found(_query(result), ("reply", path, kind))
        for name, value, path, kind in (
            ("Color", "red", "Color", "unknown"),
            ("MaxRecords", "many", "MaxRecords", "type"),
            ("AutoScalingGroupName", "a" * 256, "AutoScalingGroupName", "length"),
            ("ActivityIds.1", "a", "ActivityIds", "unknown"),
            ("ActivityIds.member.2", "a", "ActivityIds", "type"),
        ):
            with self.subTest(name):
                self.assert_found(_query(_STATUS, **{name: value}), ("request", path, kind))

    def test_query_envelope(self) -> None:
        exchange = _query(_STATUS)
        for old, new, path, kind in (
            ("ResponseMetadata", "Metadata", "Metadata", "unknown"),
            (_AUTO_SCALING, "http://elsewhere/", "xmlns", "protocol"),
        ):
            body = exchange.reply.body.decode().replace(old, new)
            found = _deviations(replace(exchange, reply=Message(_XML, body.encode())))
            self.assertIn((path, kind), [(one.path, one.kind) for one in found])
        wrong = replace(exchange, request=_form("DescribeScalingActivities", "2010-01-01"))
        self.assert_found(wrong, ("request", "Version", "protocol"))

    def test_ec2(self) -> None:
        self.assert_found(_ec2(_PRICE, **{"InstanceType.1": "m5.large"}))
        item = "spotPriceHistorySet[]"
        wrong = _PRICE.replace("m5.large", "m5.tiny")
        self.assert_found(_ec2(wrong), ("reply", f"{item}.instanceType", "enum"))
        wrong = _PRICE.replace("spotPrice", "price")
        self.assert_found(_ec2(wrong), ("reply", f"{item}.price", "unknown"))
        wrong = _PRICE.replace("T00:00:00.000Z", "")
        self.assert_found(_ec2(wrong), ("reply", f"{item}.timestamp", "timestamp"))
        wrong = _ec2(_PRICE, **{"InstanceTypes.1": "m5.large"})
        self.assert_found(wrong, ("request", "InstanceTypes", "unknown"))

    def test_json(self) -> None:
        right = {"stateMachineArn": _MACHINE, "name": "a", "input": "{}"}
        self.assert_found(_json(right, _STARTED))
        for request, path, kind in (
            ({"name": "a"}, "stateMachineArn", "missing"),
            ({**right, "color": "red"}, "color", "unknown"),
            ({**right, "name": 1}, "name", "type"),
            ({**right, "name": "a" * 81}, "name", "length"),
        ):
            self.assert_found(_json(request, _STARTED), ("request", path, kind))
        for reply, path, kind in (
            ({"executionArn": "a"}, "startDate", "missing"),
            ({**_STARTED, "startDate": "2026-01-01"}, "startDate", "timestamp"),
            ({**_STARTED, "executionArn": None}, "executionArn", "type"),
        ):
            self.assert_found(_json(right, reply), ("reply", path, kind))

    def test_rest_json(self) -> None:
        self.assert_found(_rest_json("/schedules/a", _SCHEDULE, _SCHEDULED))
        wrong = _rest_json("/schedules/a%20b", _SCHEDULE, _SCHEDULED)
        self.assert_found(wrong, ("request", "path Name", "pattern"))
        wrong = _rest_json("/schedules/a?color=red", _SCHEDULE, _SCHEDULED)
        self.assert_found(wrong, ("request", "query color", "unknown"))
        window = {**_SCHEDULE, "FlexibleTimeWindow": {"Mode": "OFF", "MaximumWindowInMinutes": 0}}
        wrong = _rest_json("/schedules/a", window, _SCHEDULED)
        path = "FlexibleTimeWindow.MaximumWindowInMinutes"
        self.assert_found(wrong, ("request", path, "range"))
        wrong = _rest_json("/schedules/a", _SCHEDULE, {})
        self.assert_found(wrong, ("reply", "ScheduleArn", "missing"))

    def test_rest_xml(self) -> None:
        self.assert_found(_rest_xml("/b?list-type=2&prefix=a", _BUCKET))
        wrong = _rest_xml("/b?list-type=2&color=red", _BUCKET)
        self.assert_found(wrong, ("request", "query color", "unknown"))
        wrong = _rest_xml("/b?list-type=2", _BUCKET.replace("Size>", "Length>"))
        self.assert_found(wrong, ("reply", "Contents[].Length", "unknown"))
        wrong = _rest_xml("/b?list-type=2", _BUCKET.replace("<KeyCount>1", "<KeyCount>one"))
        self.assert_found(wrong, ("reply", "KeyCount", "type"))

    def test_only_an_operation_that_takes_a_checksum_has_one(self) -> None:
        checksum = {"x-amz-checksum-crc32": "AAAAAA=="}
        tagging = (
            '<Tagging xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><TagSet><Tag>'
            "<Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"
        )
        put = replace(_rest_xml("/b?tagging", ""), method="PUT")
        self.assert_found(replace(put, request=Message(checksum, tagging.encode())))
        wrong = Message({}, tagging.replace("Key>", "Name>").encode())
        self.assert_found(
            replace(put, request=wrong),
            ("request", "TagSet[].Key", "missing"),
            ("request", "TagSet[].Name", "unknown"),
        )
        wrong = replace(_rest_xml("/b?list-type=2", _BUCKET), request=Message(checksum, b""))
        self.assert_found(wrong, ("request", "header x-amz-checksum-crc32", "unknown"))

    def test_cbor(self) -> None:
        right = {"ResourceARN": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:a"}
        self.assert_found(_cbor(right, _TAGS))
        self.assert_found(_cbor({}, _TAGS), ("request", "ResourceARN", "missing"))
        wrong = {"Tags": [{"Key": "a", "Value": 1}]}
        self.assert_found(_cbor(right, wrong), ("reply", "Tags[].Value", "type"))
        wrong = {"Tags": [{"Key": "", "Value": "b"}]}
        self.assert_found(_cbor(right, wrong), ("reply", "Tags[].Key", "length"))

    def test_errors(self) -> None:
        self.assert_found(_refused(_ERROR))
        wrong = _refused(_ERROR.replace("ValidationError", "NotGood"))
        self.assert_found(wrong, ("reply", "Code", "enum"))
        self.assert_found(_refused(_ERROR, 404), ("reply", "status", "protocol"))
        wrong = _refused(_ERROR.replace("<Type>Sender</Type>", ""))
        self.assert_found(wrong, ("reply", "Error.Type", "missing"))
        running = _ERROR.replace("ValidationError", "IdempotentCallInProgress")
        for body, status, path, kind in (
            (running, 400, "status", "protocol"),
            (running.replace("Sender", "Receiver"), 500, "Error.Type", "enum"),
        ):
            wrong = replace(_refused(body, status), action="LaunchInstances", request=_LAUNCH)
            self.assert_found(wrong, ("reply", path, kind))
        right = replace(_refused(running, 500), action="LaunchInstances", request=_LAUNCH)
        self.assert_found(right)
        request = {"stateMachineArn": _MACHINE}
        exists = {"__type": "com.amazonaws.states#ExecutionAlreadyExists", "message": "a"}
        self.assert_found(_json(request, exists, 400))
        unknown = {"__type": "ExecutionDoesNotExist", "message": "a"}
        self.assert_found(_json(request, unknown, 400), ("reply", "Code", "enum"))


class Values(unittest.TestCase):
    """Single values."""

    def test_an_unknown_operation_has_no_model(self) -> None:
        for exchange in (
            replace(_query(_STATUS), service="no-service"),
            replace(_query(_STATUS), action="NoAction"),
            _rest_json("/no/path", {}, {}),
            _exchange("ec2", "DescribeSubnets", Message({}, b""), Message({}, b"")),
        ):
            with self.assertRaises(Unknown):
                call_of(exchange)

    def test_a_pattern_holds_for_the_whole_text(self) -> None:
        self.assertTrue(matches("[a-z]+", "abc"))
        self.assertFalse(matches("[a-z]+", "abc1"))
        # As Java writes a range beyond the basic plane.
        wide = r"[\u0020-\uD7FF\uD800\uDC00-\uDBFF\uDFFF]*"
        self.assertTrue(matches(wide, "a 😀"))
        self.assertFalse(matches(wide, "a\0"))

    def test_a_value_is_shown_on_one_line(self) -> None:
        report = Report("a.B", "request")
        report.add("path", "enum", "a\n\0é", "one of b")
        report.add("path", "length", "", "at least 1")
        self.assertEqual([one.was for one in report], ["a\\n\\x00é", "(empty)"])

    def test_a_value_is_held_against_its_shape(self) -> None:
        input_shape = call_of(_rest_json("/schedules/a", {}, {})).operation.input_shape
        members = input_shape.members
        for name, text, kind in (
            ("ScheduleExpression", "", "length"),
            ("State", "MAYBE", "enum"),
            ("StartDate", "now", "timestamp"),
        ):
            report = Report("scheduler.CreateSchedule", "request")
            check_text(report, name, members[name], text, "iso8601")
            self.assertEqual([one.kind for one in report], [kind])
        report = Report("scheduler.CreateSchedule", "request")
        check_string(report, "State", members["State"], "ENABLED")
        self.assertEqual(list(report), [])


class Outcomes(unittest.TestCase):
    """What the whole validation says."""

    wrong = _query("<StatusCode>Done</StatusCode>")
    entry = Accepted(
        (("operation", "autoscaling.*"), ("side", "reply"), ("kind", "enum"), ("was", "Done")),
        "a test says so",
    )

    def test_counts(self) -> None:
        outcome = validate([_query(_STATUS), _ec2(_PRICE)], [], is_partial=False)
        self.assertEqual(outcome.failures, [])
        expected = "2 shapes of 2 operations of 2 services validated, 0 deviations accepted"
        self.assertEqual(str(outcome), expected)

    def test_a_deviation_fails_unless_it_is_accepted(self) -> None:
        outcome = validate([self.wrong], [], is_partial=False)
        self.assertEqual(len(outcome.failures), 1)
        self.assertIn("Activities[].StatusCode: enum: was Done", outcome.failures[0])
        outcome = validate([self.wrong], [self.entry], is_partial=False)
        self.assertEqual((outcome.failures, len(outcome.accepted)), ([], 1))
        other = _query("<StatusCode>Ready</StatusCode>")
        outcome = validate([self.wrong, other], [self.entry], is_partial=False)
        self.assertEqual(len(outcome.failures), 1)

    def test_an_accepted_value_accepts_no_other(self) -> None:
        fields = (("side", "request"), ("kind", "length"), ("was", "256"))
        entry = Accepted(fields, "a test says so")
        long = [_query(_STATUS, AutoScalingGroupName="a" * length) for length in (256, 257)]
        outcome = validate(long, [entry], is_partial=False)
        self.assertEqual(len(outcome.failures), 1)
        self.assertIn("was 257", outcome.failures[0])

    def test_what_no_longer_occurs_fails_unless_it_is_partial(self) -> None:
        outcome = validate([_query(_STATUS)], [self.entry], is_partial=False)
        self.assertEqual(len(outcome.failures), 1)
        outcome = validate([_query(_STATUS)], [self.entry], is_partial=True)
        self.assertEqual(outcome.failures, [])

    def test_nothing_recorded_fails(self) -> None:
        self.assertEqual(len(validate([], [], is_partial=True).failures), 1)

    def test_what_no_model_knows_fails(self) -> None:
        unknown = replace(_query(_STATUS), action="NoAction")
        self.assertEqual(len(validate([unknown], [], is_partial=True).failures), 1)

    def test_the_list_gives_reasons(self) -> None:
        self.assertTrue(all(entry.reason for entry in accepted.read()))
        with TemporaryDirectory() as folder:
            file = Path(folder) / "accepted.toml"
            file.write_text('[[accepted]]\noperation = "a.B"\nside = "reply"\nkind = "enum"\n')
            with self.assertRaises(ValueError):
                accepted.read(file)

    def test_recordings_are_read_but_for_half_a_line(self) -> None:
        line = {
            "service": "s3",
            "action": "",
            "program": None,
            "request": {"method": "GET", "path": "/b/k", "headers": {}, "body": {"text": ""}},
            "status": 200,
            "reply": {"headers": {}, "body": {"hex": "00ff"}},
        }
        with TemporaryDirectory() as folder:
            text = json.dumps(line)
            (Path(folder) / "exchanges-1.jsonl").write_text(f"{text}\n{text[:20]}")
            read = list(recordings.read(Path(folder)))
        self.assertEqual([one.reply.body for one in read], [b"\x00\xff"])


if __name__ == "__main__":
    unittest.main()
