#include "graph.h"

#include <algorithm>

namespace mfidl {
namespace {

struct Frame {
  std::size_t node;
  std::size_t next_edge = 0;
};

class Tarjan {
 public:
  explicit Tarjan(const Graph& edges)
      : edges_(edges), index_(edges.size(), 0), low_(edges.size(), 0), on_stack_(edges.size()) {}

  std::vector<std::vector<std::size_t>> run() {
    for (std::size_t node = 0; node < edges_.size(); ++node) {
      if (index_[node] == 0) visit(node);
    }
    return std::move(found_);
  }

 private:
  void visit(std::size_t root) {
    std::vector<Frame> frames;
    enter(root, frames);
    while (!frames.empty()) {
      const std::size_t node = frames.back().node;
      if (frames.back().next_edge < edges_[node].size()) {
        const std::size_t target = edges_[node][frames.back().next_edge++];
        if (index_[target] == 0) {
          enter(target, frames);
        } else if (on_stack_[target]) {
          low_[node] = std::min(low_[node], index_[target]);
        }
        continue;
      }
      frames.pop_back();
      if (!frames.empty())
        low_[frames.back().node] = std::min(low_[frames.back().node], low_[node]);
      if (low_[node] == index_[node]) close(node);
    }
  }

  void enter(std::size_t node, std::vector<Frame>& frames) {
    index_[node] = low_[node] = ++count_;
    stack_.push_back(node);
    on_stack_[node] = true;
    frames.push_back({.node = node});
  }

  void close(std::size_t root) {
    std::vector<std::size_t>& component = found_.emplace_back();
    std::size_t node;
    do {
      node = stack_.back();
      stack_.pop_back();
      on_stack_[node] = false;
      component.push_back(node);
    } while (node != root);
    std::sort(component.begin(), component.end());
  }

  const Graph& edges_;
  std::size_t count_ = 0;
  std::vector<std::size_t> index_;  // 0: not met yet
  std::vector<std::size_t> low_;
  std::vector<bool> on_stack_;
  std::vector<std::size_t> stack_;
  std::vector<std::vector<std::size_t>> found_;
};

}  // namespace

std::vector<std::vector<std::size_t>> components(const Graph& edges) { return Tarjan(edges).run(); }

}  // namespace mfidl
