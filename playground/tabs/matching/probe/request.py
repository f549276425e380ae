"""What may be asked of the panel: the hard pairs of one language, judged by every method."""

from __future__ import annotations

from typing import ClassVar, Literal

from playground.runtime.requests import TabRequest, control
from playground.tabs.matching.methods import Method, available_models, methods_for
from playground.tabs.matching.probe.probe_set import Language, Phenomenon

Measure = Literal["order", "threshold"]
Listed = Literal[Phenomenon, "all"]

ALIKE_FROM = 4.0  # of 5: "mostly equivalent, some unimportant details differ"


class ProbeRequest(TabRequest):
    """Pairs that share their words but not their meaning, and pairs of which the opposite is true."""

    tab: ClassVar[str] = "matching-probe"

    language: Language = control(
        "en",
        title="Language",
        help="Sixty texts a language, ten for each phenomenon, each with one of the same meaning and one of another.",
        widget="choice",
    )
    measure: Measure = control(
        "order",
        title="Judged by",
        help="order: the text of the same meaning has to score above the other one; guessing gives 50 %. "
        "threshold: each pair is called alike or not at the method's own threshold.",
        widget="choice",
        view=True,
    )
    listed: Listed = control(
        "negation",
        title="Texts shown",
        help="The phenomenon whose texts are listed below, with every method's scores.",
        widget="choice",
        view=True,
    )
    alike_from: float = control(
        ALIKE_FROM,
        title="Alike from",
        help="A method's threshold is chosen on the development pairs of STS-B, where a pair with at least this score "
        "of 5 counts as alike.",
        widget="slider",
        group="more",
        step=0.5,
        ge=1,
        le=5,
    )

    def methods(self) -> tuple[Method, ...]:
        """The methods of the language whose models are here."""
        return methods_for(self.language, available_models())

    def models(self) -> tuple[str, ...]:
        """The models of these methods, each once."""
        return tuple(dict.fromkeys(method.model for method in self.methods() if method.model is not None))

    def estimate(self) -> float:
        """About how many seconds the run takes on two CPU cores; thresholds that are not recorded take most of it."""
        return (0.3 if self.alike_from == ALIKE_FROM else 4.0) * len(self.methods())
