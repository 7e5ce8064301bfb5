// How far the start of a program has come: which step an errno belongs to.
#pragma once

namespace multifrost::process {

enum class ExecStage : unsigned char {
  start,  ///< clone or posix_spawn itself
  setup,  ///< process group, descriptors
  working_directory,
  limits,
  exec,
  guard  ///< the guard process, where one was asked for
};

}  // namespace multifrost::process
