"""Files stay under 400 lines and functions under 40: what is longer holds more than one thought.

And no two test files share a name: pytest would collect one of them only.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 40
FOLDERS = ("posthus", "tests", "bench", "tools", "supabase")


def too_long(path: Path) -> Iterator[str]:
    """What is too long in one file, as lines for the terminal."""
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield f"{path}:1: {lines} lines, at most {FILE_LINES}"
    if path.suffix != ".py":
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines, at most {FUNCTION_LINES}"


def same_name() -> Iterator[str]:
    """Test files whose name another one has, as lines for the terminal."""
    named: defaultdict[str, list[Path]] = defaultdict(list)
    for path in Path("tests").rglob("test_*.py"):
        named[path.name].append(path)
    for paths in named.values():
        if len(paths) > 1:
            yield f"{paths[0]}:1: is called like {', '.join(map(str, paths[1:]))}"


def main() -> int:
    """Print every finding; 1 when there is one."""
    paths = [path for folder in FOLDERS for kind in ("*.py", "*.sql") for path in Path(folder).rglob(kind)]
    findings = [finding for path in sorted(paths) for finding in too_long(path)]
    findings += same_name()
    print("\n".join(findings) or f"sizes: {len(paths)} files within {FILE_LINES}/{FUNCTION_LINES} lines")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
