"""Holds a CycloneDX document against its schema, and says where it breaks it."""

import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

document = Path(sys.argv[1]).read_text(encoding="utf-8")
broken = JsonStrictValidator(SchemaVersion.V1_6).validate_str(document)
if broken:
    sys.exit(f"{sys.argv[1]}: {broken}")
