#include "markdown.h"

#include <algorithm>
#include <sstream>

namespace mfidl::test {
namespace {

std::string decode_bytes(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "\\x") == 0 && i + 3 < text.size()) {
      out += static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

bool Example::is(const std::string& word) const {
  return std::find(words.begin(), words.end(), word) != words.end();
}

int Example::promised_number() const {
  for (const std::string& word : words) {
    if (word.starts_with("MF")) return std::stoi(word.substr(2));
  }
  return 0;
}

std::vector<Example> examples_of(const std::string& page) {
  std::vector<Example> examples;
  std::istringstream lines(page);
  bool inside = false;
  bool wanted = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      wanted = inside && line.starts_with("```mfidl");
      if (!wanted) continue;
      std::istringstream info(line.substr(3));
      Example& example = examples.emplace_back();
      for (std::string word; info >> word;) example.words.push_back(word);
    } else if (inside && wanted) {
      examples.back().text += line + "\n";
    }
  }
  return examples;
}

void run_example(const Example& example, const std::vector<Example>& all, FrontEnd& front_end) {
  for (const Example& other : all) {
    for (const std::string& word : other.words) {
      if (word.starts_with("file=")) front_end.sources.add(word.substr(5), other.text);
    }
  }
  front_end.sources.add("main.mfidl",
                        example.is("bytes") ? decode_bytes(example.text) : example.text);
  front_end.run("main.mfidl");
}

}  // namespace mfidl::test
