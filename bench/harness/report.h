// One measured figure: a `name=value` line on standard output, which the runner reads.
#pragma once

#include <string_view>

namespace bench {

void report(std::string_view name, double value);

}  // namespace bench
