#include "multifrost/refusal.h"

#include <utility>

#include "wire/text.h"

namespace multifrost {

struct Refusal::Text {
  std::string path;
  std::string reason;
};

namespace {
const std::string kNothing;
}

bool Refusal::refuse(std::string reason) {
  if (text_ == nullptr) text_ = new Text{{}, std::move(reason)};
  return false;
}

bool Refusal::inside(std::string_view member) {
  if (text_ != nullptr) text_->path.insert(0, std::string(".").append(member));
  return false;
}

bool Refusal::inside(std::size_t index) {
  if (text_ != nullptr) text_->path.insert(0, "[" + std::to_string(index) + "]");
  return false;
}

bool Refusal::inside_key(std::string_view key) {
  if (text_ != nullptr) text_->path.insert(0, "[" + wire::quoted(key) + "]");
  return false;
}

const std::string& Refusal::path() const noexcept { return text_ ? text_->path : kNothing; }

const std::string& Refusal::reason() const noexcept { return text_ ? text_->reason : kNothing; }

std::string Refusal::describe(std::string_view where) const {
  return std::string(where).append(path()).append(": ").append(reason());
}

void Refusal::clear() noexcept { delete std::exchange(text_, nullptr); }

}  // namespace multifrost
