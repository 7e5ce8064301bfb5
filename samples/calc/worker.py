"""The calculator as a Python worker, on the base class that mfgen wrote from calc.mfidl."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from calc_mf import CalcWorker, DivisionByZero, NoValues, Rounding, Statistics

ROUND = {Rounding.down: floor, Rounding.up: ceil, Rounding.nearest: round}


class Calculator(CalcWorker):
    def add(self, a: int, b: int) -> int:
        return a + b

    def divide(self, dividend: int, divisor: int, rounding: Rounding) -> int:
        if divisor == 0:
            raise DivisionByZero("the divisor is 0", dividend=dividend)
        return ROUND[rounding](Fraction(dividend, divisor))

    def statistics(self, values: list[float], label: str | None) -> Statistics:
        if not values:
            raise NoValues("give at least one value")
        return Statistics(
            count=len(values),
            mean=sum(values) / len(values),
            smallest=min(values),
            largest=max(values),
            label=label,
        )


if __name__ == "__main__":
    Calculator().run()
