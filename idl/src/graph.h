// Strongly connected components, without recursion: a chain of a million structs must not end the
// stack.
#pragma once

#include <cstddef>
#include <vector>

namespace mfidl {

// edges[i]: the nodes that node i depends on.
using Graph = std::vector<std::vector<std::size_t>>;

// Tarjan's algorithm, starting from the nodes in order: a component stands after those that it
// depends on. The members of a component are in ascending order.
std::vector<std::vector<std::size_t>> components(const Graph& edges);

}  // namespace mfidl
