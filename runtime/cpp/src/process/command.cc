// The rule for choosing a worker's program, step by step.
#include "process/command.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

namespace multifrost::process {
namespace {

namespace fs = std::filesystem;

Failure refuse(std::string text) {
  return Failure(ErrorCode::spawn, Execution::not_executed, std::move(text));
}

bool is_executable_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end != 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// As a shell does; a name with a slash is a path already.
std::optional<std::string> find_program(const std::string& name, std::string_view search_path) {
  if (name.find('/') != std::string::npos) {
    return is_executable_file(name) ? std::optional(name) : std::nullopt;
  }
  for (const std::string& directory : split(search_path, ':')) {
    const fs::path candidate = fs::path(directory) / name;
    if (is_executable_file(candidate)) return candidate.string();
  }
  return std::nullopt;
}

// The words after "#!", as the kernel cuts them: an interpreter and at most one argument.
std::vector<std::string> interpreter_line(const std::string& script) {
  std::ifstream file(script, std::ios::binary);
  std::array<char, 256> head{};
  file.read(head.data(), head.size());
  std::string_view line(head.data(), static_cast<std::size_t>(file.gcount()));
  if (!line.starts_with("#!")) return {};
  line = line.substr(2, line.find_first_of("\r\n") - 2);
  const auto trim = [](std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return std::string_view();
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
  };
  line = trim(line);
  const std::size_t space = std::min(line.find_first_of(" \t"), line.size());
  std::vector<std::string> words;
  for (const std::string_view word : {line.substr(0, space), trim(line.substr(space))}) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

std::vector<std::string> interpreter_by_extension(const std::string& script) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kByExtension{{
      {".py", "python3"},
      {".js", "node"},
      {".mjs", "node"},
      {".cjs", "node"},
      {".ts", "tsx"},
      {".go", "go run"},
  }};
  const std::string extension = fs::path(script).extension().string();
  for (const auto& [known, words] : kByExtension) {
    if (extension == known) return split(words, ' ');
  }
  return {};
}

std::optional<Failure> check_script(const std::string& script) {
  std::error_code error;
  const fs::file_status status = fs::status(script, error);
  if (script.empty()) return refuse("cannot start a worker: the script's path is empty");
  if (!fs::exists(status)) {
    return refuse("cannot start '" + script + "': no such file (looked from '" +
                  fs::current_path(error).string() + "')");
  }
  if (fs::is_directory(status)) {
    return refuse("cannot start '" + script + "': it is a directory; give the script's path");
  }
  return std::nullopt;
}

// The words before the script; none: the script runs by itself.
Result<std::vector<std::string>> interpreter_for(const std::string& script,
                                                 const std::string& executable) {
  // A path with spaces is one word when it names a file.
  if (is_executable_file(executable)) return std::vector{executable};
  auto words = split(executable, ' ');
  if (!words.empty()) return words;
  if (is_executable_file(script)) return words;
  words = interpreter_line(script);
  if (words.empty()) words = interpreter_by_extension(script);
  if (!words.empty()) return words;
  return refuse("cannot start '" + script +
                "': it is not executable and its extension says nothing; make it executable "
                "(chmod +x), or give the program that runs it as `executable`");
}

Failure program_missing(const std::string& script, const std::string& name) {
  if (name.find('/') != std::string::npos) {
    return refuse(
        "cannot start '" + script + "': '" + name +
        "' is not an executable file; correct its path, given as `executable` or after #!");
  }
  return refuse("cannot start '" + script + "': '" + name +
                "' was not found in PATH; install it, or give another program as `executable`");
}

}  // namespace

Result<Command> resolve_command(const std::string& script, const std::string& executable,
                                const std::vector<std::string>& arguments,
                                std::string_view search_path, bool absolute_script) {
  if (auto failure = check_script(script)) return *std::move(failure);
  auto words = interpreter_for(script, executable);
  if (!words) return words.failure();

  // Not a bare name: execve() would not search PATH for it, an interpreter might search elsewhere.
  std::string path = script;
  if (absolute_script) {
    path = fs::absolute(script).string();
  } else if (words->empty() && path.find('/') == std::string::npos) {
    path.insert(0, "./");
  }
  Command command;
  command.arguments = *std::move(words);
  if (command.arguments.empty()) {
    command.program = path;
  } else {
    auto program = find_program(command.arguments.front(), search_path);
    if (!program) return program_missing(script, command.arguments.front());
    command.program = absolute_script ? fs::absolute(*program).string() : *std::move(program);
  }
  command.arguments.push_back(std::move(path));
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  return command;
}

}  // namespace multifrost::process
