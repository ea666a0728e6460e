#!/usr/bin/env python3
"""Checks messages of the wire protocol against openrpc.json, and that document against itself.

usage: validate.py MESSAGES.jsonl    the document and, by a sound one, every message in the file
       validate.py --self            the document alone

A line of the file is {"direction": "client" | "server", "method": NAME | [NAME | null, ...] | null, "message": TEXT}.
TEXT is the line as it went over the socket. For an answer, "method" is that of the call; for the answer to a batch it
is null, or has one for each answer. A client's lines belong into the file only when they are meant to be well-formed.

Exit status: 0 all is well; 1 something is wrong, with a line for each fault that says where it is and which rule it
breaks, and repeats no value; 2 wrong usage. Needs Python 3.11 and the package jsonschema.
"""

import json
import re
import sys
from pathlib import Path

from jsonschema import Draft202012Validator, SchemaError


def read(text):
    """Reads one line as strictly as the daemon does; the text of its ValueError quotes nothing."""
    def members(pairs):
        if len(dict(pairs)) < len(pairs):
            raise ValueError("has two members of one name")
        return dict(pairs)

    def integer(digits):
        if not re.fullmatch("-?[0-9]{1,19}", digits) or not -(2**63) <= int(digits) < 2**63:
            raise ValueError("has a number out of range")
        return int(digits)

    if re.search("[\r\n]", text.removesuffix("\n").removesuffix("\r")):
        raise ValueError("has a raw line break inside")
    try:
        return json.loads(text, object_pairs_hook=members, parse_int=integer, parse_constant=integer)
    except (json.JSONDecodeError, RecursionError):
        raise ValueError("is not JSON") from None


def leaves(error):
    """The faults behind an error; of several alternatives, those of the one that comes nearest."""
    ways = {}
    for inner in error.context or []:
        ways.setdefault(inner.schema_path[0], []).extend(leaves(inner))
    return min(ways.values(), default=[error], key=lambda way: ([it.validator for it in way].count("const"), len(way)))


def rule(error):
    """The broken rule, in words of the schema; names from the message only where they can be no secret."""
    if error.validator == "not":
        return "is not allowed here"
    if error.validator == "required":
        return "lacks " + ", ".join(name for name in error.validator_value if name not in error.instance)
    if error.validator == "additionalProperties":
        names = [name for name in error.instance if name not in error.schema.get("properties", {})]
        shown = [name if re.fullmatch("[A-Za-z]{1,24}", name) else "(withheld)" for name in names]
        return "has what is not allowed: " + ", ".join(shown)
    return f"breaks {error.validator} {json.dumps(error.validator_value)[:80]}"


def nodes(value, at="#"):
    """Every object within a value, with its place."""
    if isinstance(value, dict):
        yield at, value
    for key, child in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else []):
        yield from nodes(child, f"{at}/{key}")


class Contract:
    """The document, ready to judge by. A judgement is a list of faults in words."""

    def __init__(self, document):
        self.document = document
        self.validator = Draft202012Validator(document)
        self.methods = {method["name"]: method for method in document["methods"]}

    def resolved(self, node):
        """What stands at the end of a reference; anything else as it is."""
        while "$ref" in node:
            reference, node = node["$ref"], self.document
            for part in reference.removeprefix("#/").split("/"):
                node = node[part]
        return node

    def faults(self, schema, value, at="", example=False):
        """Judges by a schema, or by the component of that name; in an example placeholders fit everywhere."""
        schema = {"$ref": f"#/components/schemas/{schema}"} if isinstance(schema, str) else schema
        found = [leaf for error in self.validator.evolve(schema=schema).iter_errors(value) for leaf in leaves(error)
                 if not (example and leaf.instance in ("<any>", "<timestamp>"))]
        places = ["/".join(map(str, [at, *error.absolute_path])).strip("/") or "message" for error in found]
        return list(dict.fromkeys(f"{place} {rule(error)}" for place, error in zip(places, found)))

    def server_faults(self, method, value, example=False):
        """Judges a line from the daemon: its envelope, then each answer by its method."""
        found = self.faults("ServerMessage", value, example=example)
        if found or isinstance(value, dict):
            return found or self.answer_faults(method, value, "", example)
        if method is not None and len(method) != len(value):
            return ["message has not as many answers as there are methods"]
        return [fault for index, answer in enumerate(zip(method or [], value))
                for fault in self.answer_faults(*answer, f"{index}/", example)]

    def answer_faults(self, name, answer, at, example):
        method = self.methods.get(name) if isinstance(name, str) else None
        if "result" in answer:
            if not method or "result" not in method:
                return [] if example and name is None else [f"{at}result is of no known method that has one"]
            if name == "rpc.discover" and not example and answer["result"] != self.document:
                return [f"{at}result is not openrpc.json"]
            return self.faults(method["result"]["schema"], answer["result"], f"{at}result", example)
        if "error" in answer and method:
            lines = self.document["x-lineErrors"]["errors"] if answer["id"] is None else []
            allowed = {self.resolved(error)["data"]["code"] for error in method.get("errors", []) + lines}
            if answer["error"]["data"]["code"] not in allowed:
                return [f"{at}error is none that the method lists"]
        return []

    def document_faults(self):
        """Judges the document: references and schemas, then the examples by them."""
        found = []
        for at, node in nodes(self.document):
            try:
                self.resolved(node if isinstance(node.get("$ref"), str) else {})
                if re.fullmatch(".*/schema|#/components/schemas/[^/]+", at):
                    Draft202012Validator.check_schema(node)
            except (KeyError, TypeError):
                found.append(f"{at} is a reference to nowhere")
            except SchemaError as error:
                found.append(f"{at} is no schema: {'/'.join(map(str, error.absolute_path))} {rule(leaves(error)[0])}")
        for name, method in self.methods.items() if not found else ():
            whole, params = self.resolved(method["x-params"]), [self.resolved(param) for param in method["params"]]
            listed = {p["name"]: p["schema"] for p in params}, [p["name"] for p in params if p["required"]]
            if (whole["properties"], whole["required"]) != listed:
                found.append(f"{name}: params and x-params differ")
        examples = [] if found else self.examples()
        return found + [f"{name}: {fault}" for name, *lines in examples for fault in self.example_faults(*lines)]

    def examples(self):
        """All worked examples: a name, what is sent (None when it is no JSON), and the lines that come back."""
        for name, error in self.document["components"]["errors"].items():
            yield name, None, [{"jsonrpc": "2.0", "id": None, "error": error}]
        for notification in self.document["x-notifications"]:
            head = {"jsonrpc": "2.0", "method": notification["name"]}
            yield from ((head["method"], None, [head | {"params": it["value"]}]) for it in notification["examples"])
        for name, method in self.methods.items():
            head = {"jsonrpc": "2.0"} | ({"id": 1} if "result" in method else {})
            for example in method["examples"] + method.get("x-errorExamples", []):
                params = {param["name"]: param["value"] for param in example["params"]}
                result = {"result": example["result"]["value"]} if "result" in example else {}
                answer = head | result | {key: example[key] for key in ["error"] if key in example}
                yield name, head | {"method": name, "params": params}, [answer] if answer != head else []
        for talk in self.document["x-conversations"]:
            yield from ((talk["name"], exchange.get("send"), exchange["receive"]) for exchange in talk["exchanges"])

    def example_faults(self, sent, received):
        """What comes back has to answer the calls that were sent; without an error these are well-formed."""
        calls = [call for call in (sent if isinstance(sent, list) else [sent]) if isinstance(call, dict)]
        methods = {json.dumps(call.get("id")): call.get("method") for call in calls}
        has_error = any("error" in node for _, node in nodes(received))
        found = [] if sent is None or has_error else self.faults("ClientMessage", sent)
        for line in received:
            names = [methods.get(json.dumps(it.get("id"))) for it in (line if isinstance(line, list) else [line])]
            found += self.server_faults(names if isinstance(line, list) else names[0], line, example=True)
        return found

    def record_faults(self, direction, method, message):
        try:
            value = read(message)
        except ValueError as error:
            return [f"message {error}"]
        return self.faults("ClientMessage", value) if direction == "client" else self.server_faults(method, value)


def main(arguments):
    if len(arguments) != 1 or (arguments[0].startswith("-") and arguments[0] != "--self"):
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 2
    contract = Contract(json.loads(Path(__file__).with_name("openrpc.json").read_text(encoding="utf-8")))
    faults = [f"openrpc.json: {fault}" for fault in contract.document_faults()]
    number = 0
    try:
        messages = None if arguments[0] == "--self" else Path(arguments[0]).read_text(encoding="utf-8")
        for number, line in enumerate([] if messages is None or faults else messages.rstrip("\n").split("\n"), 1):
            direction, method, message = map(json.loads(line).__getitem__, ("direction", "method", "message"))
            label = {"client": "to the daemon", "server": "from the daemon"}[direction]
            label += f", {method}" if isinstance(method, str) and method in contract.methods else ""
            faults += [f"line {number}, {label}: {it}" for it in contract.record_faults(direction, method, message)]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        print(f"validate.py: {arguments[0]}, line {number}: not readable as a message", file=sys.stderr)
        return 2
    print("\n".join(faults) or f"all is well, {number} messages")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
