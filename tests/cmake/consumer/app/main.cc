// A worker and its client in one process, through the real codec, and another interface's types.
#include <cstdio>
#include <string>

#include "multifrost/in_process.h"
#include "shapes.mf.h"

std::string zone();

namespace {

class Measurer final : public shapes::ShapesWorker {
 public:
  double area(geo::Rect rect, multifrost::CallContext&) override { return rect.w * rect.h; }
};

}  // namespace

int main() {
  Measurer measurer;
  auto shapes = multifrost::in_process<shapes::Shapes>(measurer);
  std::printf("area %g\nzone %s\n", shapes.area(geo::Rect{.w = 2, .h = 3}), zone().c_str());
}
