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

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: calc_parent WORKER [EXECUTABLE]\n");
    return 2;
  }
  try {
    const auto calculator = calc::CalcClient::spawn(argv[1], argc > 2 ? argv[2] : "");
    show(calculator);
    return 0;
  } catch (const multifrost::Error& error) {
    std::fprintf(stderr, "calc_parent: %s\n", error.what());
    return 1;
  }
}
