"""The calculator as a Python worker, on the base class that mfgen wrote from calc.mfidl."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from itertools import count
from math import ceil, floor, isqrt

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

    def primes(self, least: int) -> Iterator[int]:
        for number in count(max(least, 2)):
            if all(number % divisor for divisor in range(2, isqrt(number) + 1)):
                yield number

    def moving_mean(self, window: int, values: Iterator[float]) -> Iterator[float]:
        last = deque[float](maxlen=max(window, 1))
        for value in values:
            last.append(value)
            yield sum(last) / len(last)


if __name__ == "__main__":
    Calculator().run()
