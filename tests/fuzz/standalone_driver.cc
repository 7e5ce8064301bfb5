// Runs a fuzz target without libFuzzer, so that a short run is part of the tests with any compiler:
//
//   idl_fuzz_short [-runs=N] [-seed=N] FILE-or-FOLDER…
//
// Every file is an input, and N more are made of them by simple mutations. The same seed makes the
// same inputs; a crash is repeated by running the same command again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxInput = 1 << 16;

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// In the order of their paths: the file system's own order differs from machine to machine.
std::vector<std::string> read_all(const std::vector<fs::path>& arguments) {
  std::vector<fs::path> paths;
  for (const fs::path& argument : arguments) {
    if (!fs::is_directory(argument)) {
      paths.push_back(argument);
      continue;
    }
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(argument)) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs;
  for (const fs::path& path : paths) inputs.push_back(read(path));
  return inputs;
}

class Mutator {
 public:
  Mutator(std::vector<std::string> corpus, uint64_t seed)
      : corpus_(std::move(corpus)), random_(seed) {}

  std::string next() {
    std::string input = pick();
    for (std::size_t count = 1 + below(4); count > 0; --count) mutate(input);
    input.resize(std::min(input.size(), kMaxInput));
    return input;
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  const std::string& pick() { return corpus_[below(corpus_.size())]; }

  std::string piece_of(const std::string& other) {
    return other.substr(below(other.size() + 1), below(64));
  }

  void mutate(std::string& input) {
    const std::size_t at = below(input.size() + 1);
    const std::size_t length = std::min(below(64), input.size() - at);
    switch (below(5)) {
      case 0:  // one byte changes
        if (at < input.size()) input[at] = static_cast<char>(below(256));
        break;
      case 1:  // some go
        input.erase(at, length);
        break;
      case 2:  // some come twice
        input.insert(at, input.substr(at, length));
        break;
      case 3:  // some come from another input
        input.insert(at, piece_of(pick()));
        break;
      default:  // the end is missing
        input.resize(at);
        break;
    }
  }

  std::vector<std::string> corpus_;
  std::mt19937_64 random_;
};

}  // namespace

int main(int argc, char** argv) {
  uint64_t runs = 0;
  uint64_t seed = 1;
  std::vector<fs::path> paths;
  for (const std::string& argument : std::vector<std::string>(argv + 1, argv + argc)) {
    if (argument.starts_with("-runs=")) {
      runs = std::stoull(argument.substr(6));
    } else if (argument.starts_with("-seed=")) {
      seed = std::stoull(argument.substr(6));
    } else {
      paths.emplace_back(argument);
    }
  }
  std::vector<std::string> corpus = read_all(paths);
  if (corpus.empty()) {
    std::cerr << "usage: " << argv[0] << " [-runs=N] [-seed=N] FILE-or-FOLDER…\n";
    return EXIT_FAILURE;
  }
  for (const std::string& input : corpus) run(input);
  Mutator mutator(std::move(corpus), seed);
  for (uint64_t i = 0; i < runs; ++i) run(mutator.next());
  return EXIT_SUCCESS;
}
