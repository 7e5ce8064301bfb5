// The smallest service there is: one generated interface, served by name.
#include <string>

#include "echo.mf.h"

namespace {

class Second final : public interop::echo::SecondWorker {
 public:
  std::string name(multifrost::CallContext&) override { return "second"; }
};

}  // namespace

int main() { return interop::echo::serve(Second(), "second"); }
