// A text table whose columns are as wide as their widest cell.
#pragma once

#include <string>
#include <vector>

namespace samples {

class Table {
 public:
  explicit Table(std::vector<std::string> headings);
  void add(std::vector<std::string> row);
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace samples
