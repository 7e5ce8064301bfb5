// Calls a calculator that lives in another process; the same code for a worker in any language.
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "calc.mf.h"

namespace calc = samples::calc;

namespace {

void show(const calc::Calc& calculator) {
  std::printf("2 + 3 = %lld\n", static_cast<long long>(calculator.add(2, 3)));
  std::printf("7 / 2, rounded up = %lld\n",
              static_cast<long long>(calculator.divide(7, 2, calc::Rounding::up)));

  const std::vector<double> rain = {0.0, 12.5, 3.25, 7.75};
  const calc::Statistics statistics = calculator.statistics(rain, "rain in mm");
  std::printf("%s\n", to_string(statistics).c_str());

  try {
    calculator.divide(1, 0);
  } catch (const calc::DivisionByZero& error) {
    std::printf("a typed error: %s (dividend %lld)\n", error.message().c_str(),
                static_cast<long long>(error.details()->dividend));
  }
}

void show_streams(const calc::Calc& calculator) {
  std::printf("primes from 100 on:");
  int wanted = 4;
  for (const std::int64_t prime : calculator.primes(100)) {
    std::printf(" %lld", static_cast<long long>(prime));
    if (--wanted == 0) break;  // the reader goes, which ends the call
  }

  std::printf("\nmeans of three:");
  auto means = calculator.moving_mean();
  for (const double value : {1.0, 2.0, 6.0, 7.0}) {
    means.input.write(value);
    std::printf(" %g", means.output.next().value());  // each comes before the next value goes
  }
  means.input.finish();
  std::printf("%s\n", means.output.next() ? "" : ".");  // nothing after the last one
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: calc_parent WORKER [EXECUTABLE]\n");
    return 2;
  }
  try {
    const auto calculator = calc::CalcClient::spawn(argv[1], argc > 2 ? argv[2] : "");
    show(calculator);
    show_streams(calculator);
    return 0;
  } catch (const multifrost::Error& error) {
    std::fprintf(stderr, "calc_parent: %s\n", error.what());
    return 1;
  }
}
