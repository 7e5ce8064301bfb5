// The environment of a child that we start: ours, without what a parent of our own left for us.
//
// COMLINK_* and MULTIFROST_* are never inherited: a program that is itself a worker would otherwise
// hand its own port to its children (R6). What the request adds comes last and wins.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace multifrost::process {

/// "NAME=value" lines for SpawnRequest::environment. Reads the process environment: as with
/// getenv(), no other thread may change it meanwhile.
std::vector<std::string> spawn_environment(const std::map<std::string, std::string>& added);

/// The value of `name` in such a list; empty when absent.
std::string_view lookup(const std::vector<std::string>& environment,
                        std::string_view name) noexcept;

}  // namespace multifrost::process
