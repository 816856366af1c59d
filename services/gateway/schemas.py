"""JSON Schemas of the types that routes take and answer, and what all dialects' answers have. Knows none."""

from collections.abc import Iterable, Iterator, Sequence
from inspect import cleandoc
from typing import Any, get_origin

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.inspect import DateTimeType, Field, StructType, Type, UnionType

Schema = dict[str, Any]
PLACE = "#/components/schemas/"
JSON = "application/json"


class Description(Struct, frozen=True):
    """What a dialect adds to the document."""

    paths: dict[str, dict[str, Any]]
    components: dict[str, dict[str, Any]]


def header(description: str, schema: Schema) -> Schema:
    """A header that is always there."""
    return {"description": description, "required": True, "schema": schema}


HEADERS: dict[str, Schema] = {
    "X-Request-ID": header("As it was sent, or made up", {"type": "string"}),
    "Retry-After": header("Seconds to wait before the next try", {"type": "integer"}),
    "Content-Disposition": header("What the file is called", {"type": "string"}),
    "Repr-Digest": header("The SHA-256 of the file's bytes", {"type": "string"}),
}


def response(description: str, schema: Schema, *headers: str) -> Schema:
    """A response of a JSON body, with these headers besides the one that all have."""
    names = ("X-Request-ID", *headers)
    return {
        "description": description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {JSON: {"schema": schema}},
    }


def file(description: str, media: Sequence[str]) -> Schema:
    """A response that is a file of one of these media types."""
    names = ("X-Request-ID", "Content-Disposition", "Repr-Digest")
    return {
        "description": description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {each: {"schema": {"type": "string", "format": "binary"}} for each in media},
    }


class Catalogue:
    """The schemas of what is decoded and of what is encoded; `components` are those that have a name.

    Of what is encoded every field is written unless it is unset. A struct that is decoded as well is a
    document that comes back as it was sent: what may be left out may be absent, and what it does not know it
    keeps.
    """

    def __init__(self, taken: Sequence[Any], answered: Sequence[Any]) -> None:
        sent, written = {struct.cls for struct in _structs(taken)}, _structs(answered)
        # Held, because they are found again by identity: types that have annotations need not have a hash.
        self._kinds = [*taken, *answered, *(struct.cls for struct in written)]
        schemas, structs = msgspec.json.schema_components(
            self._kinds, schema_hook=_anything, ref_template=PLACE + "{name}"
        )
        for struct, reference in zip(written, schemas[len(schemas) - len(written) :], strict=True):
            if struct.cls in sent:
                structs[_name(reference)].setdefault("additionalProperties", True)
            else:
                _as_written(struct, structs[_name(reference)])
        self.components: dict[str, Schema] = {}
        for name, schema in structs.items():
            self.components[name] = self._members(schema)
        self._schemas = {
            id(kind): self._named(schema) for kind, schema in zip(self._kinds, schemas, strict=True)
        }

    def __getitem__(self, kind: Any) -> Schema:  # noqa: ANN401  # a type
        """The schema of one of the types."""
        return self._schemas[id(kind)]

    def take(self, kind: type[Struct]) -> Schema:
        """The schema of a struct that is to be no component, since nothing refers to it."""
        return self.components.pop(_name(self[kind]))

    def _named(self, schema: Schema) -> Schema:
        """A schema, or where it has a title a reference to the component that it becomes."""
        members = self._members(schema)
        if not isinstance(members.get("title"), str):
            return members
        self.components[members["title"]] = members
        return {"$ref": PLACE + members["title"]}

    def _members(self, schema: Schema) -> Schema:
        return {key: self._member(key, each) for key, each in schema.items()}

    def _member(self, key: str, value: Any) -> Any:  # noqa: ANN401  # of a schema
        match value:
            case dict():
                return self._named(value)
            case list():
                return [self._member("", each) for each in value]
            case str() if key == "description":
                return cleandoc(value)
            case str() if key == "pattern":  # msgspec has Python's, JSON Schema has ECMAScript's
                return value.replace(r"\A", "^").replace(r"\Z", "$")
        return value


def parameters(form: Schema) -> Iterator[tuple[str, bool, Schema]]:
    """The fields of a form that is no JSON: name, whether it is needed, schema. There, null is absence."""
    for name, schema in form["properties"].items():
        kept = {key: value for key, value in schema.items() if (key, value) != ("default", None)}
        choices = [each for each in kept.pop("anyOf", ()) if each != {"type": "null"}]
        only = choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {}
        yield name, name in form["required"], kept | only


def _name(reference: Schema) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _anything(kind: type) -> Schema:
    """The schema of `object`, which msgspec does not know; raises NotImplementedError for all else."""
    if kind is object:
        return {"description": "Any value"}
    raise NotImplementedError


def _structs(kinds: Iterable[Any]) -> list[StructType]:
    found: dict[type, StructType] = {}

    def visit(described: Type) -> None:
        if isinstance(described, StructType):
            if described.cls in found:
                return
            found[described.cls] = described
        for part in _parts(described):
            visit(part)

    for described in msgspec.inspect.multi_type_info(kinds):
        visit(described)
    return list(found.values())


def _parts(described: Struct) -> Iterator[Type]:
    """The types that a type is made of."""
    for value in msgspec.structs.astuple(described):
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Type):
                yield each
            elif isinstance(each, Field):
                yield each.type


def _as_written(struct: StructType, schema: Schema) -> None:
    """Say of a struct's schema what encoding adds: which fields there are, and that times are RFC 3339."""
    leaves_out = (get_origin(struct.cls) or struct.cls).__struct_config__.omit_defaults
    schema["required"] = []
    for field in struct.fields:
        described = schema["properties"][field.encode_name]
        described.pop("default", None)
        kinds = field.type.types if isinstance(field.type, UnionType) else (field.type,)
        if any(isinstance(kind, DateTimeType) for kind in kinds):
            choices = described.get("anyOf", [described])
            next(each for each in choices if each.get("type") == "string")["format"] = "date-time"
        # What is unset unless it is given is neither required nor has a default.
        if field.required or (_has_default(field) and not leaves_out):
            schema["required"].append(field.encode_name)


def _has_default(field: Field) -> bool:
    return field.default is not NODEFAULT or field.default_factory is not NODEFAULT
