#include "template/tag_reader.h"

#include <cctype>

namespace mfgen {

namespace {

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

}  // namespace

TagReader::TagReader(std::string_view tag, Place place)
    : tag_(tag), start_{place.line, place.column + 2} {}

void TagReader::skip_blanks() {
  while (position_ < tag_.size() && tag_[position_] == ' ') {
    ++position_;
  }
}

Place TagReader::place() {
  skip_blanks();
  return {start_.line, start_.column + static_cast<std::uint32_t>(position_)};
}

bool TagReader::at_end() {
  skip_blanks();
  return position_ == tag_.size();
}

bool TagReader::accept(std::string_view word) {
  skip_blanks();
  if (!tag_.substr(position_).starts_with(word)) {
    return false;
  }
  const std::size_t end = position_ + word.size();
  if (is_name_part(word.back()) && end < tag_.size() && is_name_part(tag_[end])) {
    return false;  // a longer name that only begins like the word
  }
  position_ = end;
  return true;
}

std::size_t TagReader::name_length(std::size_t from) const {
  std::size_t end = from;
  if (end < tag_.size() && is_name_start(tag_[end])) {
    while (end < tag_.size() && is_name_part(tag_[end])) {
      ++end;
    }
  }
  return end - from;
}

std::optional<std::string_view> TagReader::name() {
  skip_blanks();
  const std::size_t length = name_length(position_);
  if (length == 0) {
    return std::nullopt;
  }
  const std::string_view text = tag_.substr(position_, length);
  position_ += length;
  return text;
}

std::optional<std::string_view> TagReader::partial_name() {
  skip_blanks();
  const std::size_t start = position_;
  while (name()) {
    if (position_ == tag_.size() || tag_[position_] != '/') {
      return tag_.substr(start, position_ - start);
    }
    ++position_;
  }
  return std::nullopt;
}

std::optional<Path> TagReader::path() {
  Path path;
  for (;;) {
    const Place where = place();
    const auto step = name();
    if (!step) {
      return std::nullopt;
    }
    path.steps.push_back(Step{*step, where});
    if (position_ == tag_.size() || tag_[position_] != '.') {
      return path;
    }
    ++position_;
  }
}

std::optional<std::string> TagReader::quoted() {
  skip_blanks();
  if (position_ == tag_.size() || tag_[position_] != '"') {
    return std::nullopt;
  }
  std::string text;
  for (++position_; position_ < tag_.size() && tag_[position_] != '"'; ++position_) {
    char c = tag_[position_];
    if (c == '\\' && position_ + 1 < tag_.size()) {
      c = tag_[++position_];
      c = c == 'n' ? '\n' : c;
    }
    text += c;
  }
  ++position_;  // the closing quote: a tag never ends inside quotes
  return text;
}

}  // namespace mfgen
