"""The stream of changes."""

from posthus.api.shapes.shape import Shape


class LiveChange(Shape):
    """What the stream at /api/v1/events sends: topics that changed since the last line.

    Topics: `conversations`, `conversation/42`, `contacts`, `companies`, `sources`, `operations`.
    """

    topics: list[str]
