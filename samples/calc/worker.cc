// The calculator as a C++ worker, on the base class that mfgen wrote from calc.mfidl.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "calc.mf.h"

namespace calc = samples::calc;

namespace {

class Calculator final : public calc::CalcWorker {
 public:
  std::int64_t add(std::int64_t a, std::int64_t b, multifrost::CallContext&) override {
    return a + b;
  }

  std::int64_t divide(std::int64_t dividend, std::int64_t divisor, calc::Rounding rounding,
                      multifrost::CallContext&) override {
    if (divisor == 0) throw calc::DivisionByZero({.dividend = dividend}, "the divisor is 0");
    const std::int64_t quotient = dividend / divisor;
    const std::int64_t remainder = dividend % divisor;
    if (remainder == 0) return quotient;
    const bool negative = (remainder < 0) != (divisor < 0);
    const std::int64_t below = negative ? quotient - 1 : quotient;
    switch (rounding) {
      case calc::Rounding::down:
        return below;
      case calc::Rounding::up:
        return below + 1;
      case calc::Rounding::nearest:
        return nearest(dividend, divisor, below);
    }
    return quotient;
  }

  calc::Statistics statistics(std::vector<double> values, std::optional<std::string> label,
                              multifrost::CallContext&) override {
    if (values.empty()) throw calc::NoValues("give at least one value");
    const auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
    return {.count = static_cast<std::uint32_t>(values.size()),
            .mean = std::accumulate(values.begin(), values.end(), 0.0) /
                    static_cast<double>(values.size()),
            .smallest = *smallest,
            .largest = *largest,
            .label = std::move(label)};
  }

  void primes(std::int64_t least, multifrost::StreamWriter<std::int64_t>& results,
              multifrost::CallContext&) override {
    // Without an end: write() waits for a slow reader, and throws once nobody reads any more.
    for (std::int64_t number = std::max<std::int64_t>(least, 2);; ++number) {
      if (is_prime(number)) results.write(number);
    }
  }

  void moving_mean(std::uint32_t window, multifrost::StreamReader<double>& values,
                   multifrost::StreamWriter<double>& results, multifrost::CallContext&) override {
    std::deque<double> last;
    for (const double value : values) {
      last.push_back(value);
      if (last.size() > std::max(window, 1U)) last.pop_front();
      results.write(std::accumulate(last.begin(), last.end(), 0.0) /
                    static_cast<double>(last.size()));
    }
  }

 private:
  // Halves go to the even neighbour, as Python's round() has it.
  static std::int64_t nearest(std::int64_t dividend, std::int64_t divisor, std::int64_t below) {
    const std::int64_t above_rest = (below + 1) * divisor - dividend;
    const std::int64_t below_rest = dividend - below * divisor;
    const std::int64_t difference = std::abs(below_rest) - std::abs(above_rest);
    if (difference == 0) return below % 2 == 0 ? below : below + 1;
    return difference < 0 ? below : below + 1;
  }

  static bool is_prime(std::int64_t number) {
    for (std::int64_t divisor = 2; divisor <= number / divisor; ++divisor) {
      if (number % divisor == 0) return false;
    }
    return true;
  }
};

}  // namespace

int main() {
  Calculator calculator;
  return calc::serve(calculator);
}
