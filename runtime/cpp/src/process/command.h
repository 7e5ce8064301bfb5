// Which program runs a worker's script (the rule stated at ParentWorker::spawn), with errors that
// say what to do before anything is started.
//
// `executable` given: it runs, with the script as its first argument. It is looked up in PATH
// unless it holds a slash, and may carry arguments of its own ("go run", "npx tsx"). Empty: the
// script itself if it may be executed; else the interpreter that its `#!` line names; else by
// extension .py → python3, .js .mjs .cjs → node, .ts → tsx, .go → go run.
//
// Pure but for looking at files; any thread; fails with ErrorCode::spawn, not executed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "multifrost/result.h"

namespace multifrost::process {

struct Command {
  std::string program;                 ///< path to execute
  std::vector<std::string> arguments;  ///< argv, from the program's name to the last argument
};

/// `search_path` is the PATH to look programs up in (colon-separated). The script is found from the
/// current directory; with `absolute_script` its absolute path is passed on, for a child that
/// starts in another directory.
Result<Command> resolve_command(const std::string& script, const std::string& executable,
                                const std::vector<std::string>& arguments,
                                std::string_view search_path, bool absolute_script);

}  // namespace multifrost::process
