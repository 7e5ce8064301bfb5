// Why a value could not be written or read: a reason, and the path to the value, built while
// returning.
//
// The level that finds the fault calls refuse(); every level above adds its part in front with
// inside() while it returns false. A message without fault never touches this. Not for use on its
// own: Encoder and Decoder are made with it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace multifrost {

class Refusal {
 public:
  Refusal() noexcept = default;
  Refusal(Refusal&& other) noexcept : text_(other.text_) { other.text_ = nullptr; }
  Refusal& operator=(Refusal&& other) noexcept {
    Text* mine = text_;
    text_ = other.text_;
    other.text_ = mine;
    return *this;
  }
  ~Refusal() {
    if (text_ != nullptr) clear();
  }

  bool refused() const noexcept { return text_ != nullptr; }

  /// Says why; the first reason stays. Returns false, so that callers can return it.
  bool refuse(std::string reason);
  /// Adds ".member", "[index]" or "[\"key\"]" in front of the path; returns false.
  bool inside(std::string_view member);
  bool inside(std::size_t index);
  bool inside_key(std::string_view key);

  /// ".box.w", "[3]"; empty for the value itself.
  const std::string& path() const noexcept;
  const std::string& reason() const noexcept;
  /// "<where><path>: <reason>".
  std::string describe(std::string_view where) const;
  /// Forgets the refusal: the object is as new.
  void clear() noexcept;

 private:
  struct Text;
  Text* text_ = nullptr;
};

}  // namespace multifrost
