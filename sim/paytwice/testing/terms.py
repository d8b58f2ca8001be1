"""What a story is played with in a test: merchant, settings, channels; what is said nearest to it counts."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from paytwice.channels import ChannelProfile
from paytwice.merchant.port import MerchantFactory
from paytwice.merchant.reference.merchant import reference
from paytwice.settings import Settings
from paytwice.story.loading import first_sentence, load_factory
from paytwice.story.player import Story
from paytwice.story.plot import Plot, Stage
from paytwice.story.scenario import Scenario, load

Changes = Settings | Mapping[str, str] | None
Channels = Mapping[str, ChannelProfile] | None
Merchant = MerchantFactory | str | None  # a factory, or MODULE:FACTORY; None for ours
Told = Story | Scenario | str  # a story, or the name or path of a scenario


@attrs.frozen
class Terms:
    """What is said of all that a test plays."""

    merchant: Merchant = None
    changes: Mapping[str, str] = attrs.field(factory=dict)
    channels: Channels = None

    @classmethod
    def of(cls, merchant: Merchant, settings: Changes, channels: Channels) -> Terms:
        """Terms as a mark says them; raises ValueError at a wrong setting."""
        changes = as_text(settings)
        Settings().changed(changes)
        return cls(merchant or None, changes, channels)

    def but(self, merchant: Merchant, settings: Changes, channels: Channels) -> Terms:
        """These terms, but for what a call says."""
        return Terms(
            merchant or self.merchant,
            {**self.changes, **as_text(settings)},
            self.channels if channels is None else channels,
        )

    def stage(self, story: Told, home: str) -> Stage:
        """A story, ready to be played; `home` is what one of the test's own is called.

        Raises LoadingError where a scenario or a merchant cannot be loaded.
        """
        scenario = _scenario(story)
        if self.channels is not None:
            scenario = attrs.evolve(scenario, channels=self.channels)
        return Stage(
            Plot(scenario.source or home, self.changes, _name(self.merchant)),
            scenario,
            _factory(self.merchant),
        )

    @property
    def can_be_named(self) -> bool:
        """Whether a command can say them: a merchant that is known by its name, and no channels."""
        return self.channels is None and (self.merchant is None or isinstance(self.merchant, str))


def as_text(settings: Changes) -> dict[str, str]:
    """Settings as `--set` takes them."""
    if isinstance(settings, Settings):
        return settings.as_text()
    changes = dict(settings or {})
    for key, value in changes.items():
        if not isinstance(value, str):
            raise ValueError(f"setting {key} is text, as --set takes it, or use Settings({key}={value!r})")
    return changes


def _scenario(story: Told) -> Scenario:
    if isinstance(story, str):
        return load(story)
    if isinstance(story, Scenario):
        return story
    return Scenario(getattr(story, "__name__", "story"), first_sentence(story.__doc__), story)


def _factory(merchant: Merchant) -> MerchantFactory:
    if isinstance(merchant, str):
        return load_factory(merchant)
    return reference if merchant is None else merchant


def _name(merchant: Merchant) -> str | None:
    if merchant is None or isinstance(merchant, str):
        return merchant
    kind = merchant if hasattr(merchant, "__qualname__") else type(merchant)
    return f"{kind.__module__}:{kind.__qualname__}"
