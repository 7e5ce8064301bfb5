// Running mfgen as a user does, and looking at what it left on disk.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mfgen::test {

struct Outcome {
  int status = -1;
  std::string out;
  std::string err;
};

// Runs mfgen with these arguments in folder `directory`.
Outcome run_mfgen(const std::vector<std::string>& arguments, const std::string& directory = ".");

// A file of the repository.
std::string source_path(std::string_view relative);

std::string read_file(const std::string& path);
void write_file(const std::string& path, std::string_view content);

// Every file below `directory`, by its path below it.
std::map<std::string, std::string> read_tree(const std::string& directory);

// An empty folder that the destructor removes.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + '/' + std::string(name); }

 private:
  std::string path_;
};

}  // namespace mfgen::test
