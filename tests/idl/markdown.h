// The examples in Markdown pages, so that a test can run them.
//
//   ```mfidl good              must give no message at all; "mfidl" alone: no error
//   ```mfidl bad               must give an error; "mfidl bad MF0040" says which
//   ```mfidl file=geo.mfidl    a file that the page's other examples import
//   ```mfidl bad bytes         \xNN stands for a byte that a page cannot hold
#pragma once

#include <string>
#include <vector>

#include "front_end.h"

namespace mfidl::test {

struct Example {
  std::vector<std::string> words;  // what stands behind the fence, "mfidl" first
  std::string text;

  bool is(const std::string& word) const;
  // The number that is promised, 0 without one.
  int promised_number() const;
};

// The mfidl blocks of a page.
std::vector<Example> examples_of(const std::string& page);

// Runs one example among the page's others.
void run_example(const Example& example, const std::vector<Example>& all, FrontEnd& front_end);

}  // namespace mfidl::test
