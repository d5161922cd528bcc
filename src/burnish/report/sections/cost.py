"""What the run used of its model and of the clock, and how far off the estimate was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from burnish.report.cards import Card
from burnish.report.measures import Place
from burnish.report.opened import Run
from burnish.report.sections import Section
from burnish.report.spending import Spending, Work, work
from burnish.values import Json

_NOT_TOLD = "tokens not told by the server"


class Cost(Section):
    """See the module."""

    title = "Cost and time"
    order = 80

    def __init__(self, run: Run, other: Run | None = None) -> None:
        super().__init__(run, other)
        self._spent = Spending()
        self._work = Work()

    def finish(self, cards: Mapping[Place, Card]) -> None:  # noqa: ARG002 -- shows no pairs
        """Read answers and log."""
        self._spent, self._work = self.run.spending, work(self.run)

    def figures(self) -> Mapping[str, Json]:
        """Usage, money at the given prices where the server told tokens, seconds, and the estimate beside."""
        found: dict[str, Json] = {**self._spent.used.as_json(), "answers": dict(self._spent.answers)}
        if self._cost() is not None:
            found["cost"] = self._cost()
        done = self._work
        found |= {"starts": done.started, "stops": done.stopped, "seconds": round(done.seconds, 3), "log": done.whole}
        found["pairs_per_s"] = round(self._rate(), 3)
        found["estimate"] = [
            {"of": name, "low": low, "high": high, "real": real, "inside": low <= real <= high}
            for name, low, high, real in self._estimated()
        ]
        return found

    def lines(self) -> Iterator[str]:
        """One line of each."""
        used = self._spent.used
        if used.calls:
            money = self._cost()
            price = "" if money is None else f", {money:,.4f} at the given prices"
            tokens = f"{used.prompt_tokens:,} + {used.written_tokens:,} tokens" if used.told else _NOT_TOLD
            yield f"  {used.calls:,} calls, {tokens}{price}"
            if used.told and used.uncounted:
                yield f"  {used.uncounted:,} answers told no tokens: it is more than that"
            if used.possibly_billed:
                yield f"  {used.possibly_billed:,} calls without an answer, possibly billed"
        if self._work.seconds:
            starts = "start" if self._work.started == 1 else "starts"
            yield f"  {self._work.seconds:,.1f} s in {self._work.started:,} {starts}, {self._rate():,.1f} pairs/s"
        for name, low, high, real in self._estimated():
            inside = "inside" if low <= real <= high else "outside"
            yield f"  {name}: {_short(real)}, {inside} of the estimate of {_short(low)} to {_short(high)}"

    def view(self) -> Mapping[str, Any]:
        """The same."""
        return {
            "used": self._spent.used,
            "spent": self._spent,
            "money": self._cost(),
            "prices": self.run.prices,
            "work": self._work,
            "rate": self._rate(),
            "estimated": [
                (name, _short(low), _short(high), _short(real), low <= real <= high)
                for name, low, high, real in self._estimated()
            ],
            "model": self.run.model,
            "each": self._each(),
        }

    def _cost(self) -> float | None:
        prices = self.run.prices
        return (
            prices.cost(self._spent.used) if self._spent.used.told and (prices.price_in or prices.price_out) else None
        )

    def _rate(self) -> float:
        return self.run.counts.total / self._work.seconds if self._work.seconds else 0.0

    def _each(self) -> float:
        used = self._spent.used
        return (used.prompt_tokens + used.written_tokens) / max(1, self.run.counts.written)

    def _estimated(self) -> Iterator[tuple[str, float, float, float]]:
        """What the dry run gave an interval of, and what it came to."""
        used = self._spent.used.as_json()
        tokens = ("prompt_tokens", "written_tokens") if self._spent.used.told else ()
        real: dict[str, float] = {f"{name}_90": used[name] for name in tokens}
        real["time_s_95"] = self._work.seconds
        money = self._cost()
        real |= {} if money is None else {"cost_90": money}
        for name, value in real.items():
            match self.run.estimate.get(name):
                case [int() | float() as low, int() | float() as high]:
                    yield name.rpartition("_")[0].replace("_", " "), float(low), float(high), float(value)
        outcomes = self.run.estimate.get("outcomes")
        counts = {name: getattr(self.run.counts, name) for name in self.run.counts.as_json()}
        for name, told in outcomes.items() if isinstance(outcomes, dict) else ():
            match told:
                case {"share_95": [int() | float() as low, int() | float() as high]} if name in counts:
                    yield f"share {name}", float(low), float(high), counts[name] / max(1, self.run.counts.total)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}"


SECTION = Cost
