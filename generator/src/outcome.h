// What an operation of the generator returns: a value, or one text that tells the user what is
// wrong, ready to be printed.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace mfgen {

struct Failure {
  std::string text;
};

template <class T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : data_(std::move(value)) {}
  Outcome(Failure failure) : data_(std::move(failure)) {}

  bool ok() const { return data_.index() == 0; }
  T& value() { return std::get<T>(data_); }
  const T& value() const { return std::get<T>(data_); }
  const Failure& failure() const { return std::get<Failure>(data_); }

 private:
  std::variant<T, Failure> data_;
};

}  // namespace mfgen
