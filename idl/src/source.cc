#include "mfidl/source.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <system_error>

#include "utf8.h"

namespace mfidl {
namespace {

namespace fs = std::filesystem;

// Two spellings of one file give one string. A path that does not exist is itself.
std::string canonical_path(const std::string& path) {
  std::error_code failed;
  const fs::path canonical = fs::weakly_canonical(path, failed);
  return failed ? path : canonical.string();
}

std::string reason_of(int error) { return std::generic_category().message(error); }

// Reads at most kMaxFileBytes; answers why it failed, or nothing.
std::string read_whole(const std::string& path, std::string& text) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return reason_of(EISDIR);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file) return reason_of(errno);
  constexpr std::size_t kChunk = std::size_t{1} << 16;
  while (true) {
    const std::size_t had = text.size();
    text.resize(had + kChunk);
    const std::size_t got = std::fread(text.data() + had, 1, kChunk, file.get());
    text.resize(had + got);
    if (text.size() > kMaxFileBytes) return "it is larger than 64 MiB";
    if (got == kChunk) continue;
    if (std::ferror(file.get()) != 0) return reason_of(errno);
    return {};
  }
}

}  // namespace

SourceSpan SourceSpan::to(SourceSpan last) const {
  if (!valid()) return last;
  if (!last.valid()) return *this;
  return {std::min(begin, last.begin), std::max(end, last.end)};
}

SourceFile::SourceFile(std::string path, std::string text, uint32_t base)
    : path_(std::move(path)), text_(std::move(text)), base_(base), line_starts_{0} {
  for (std::size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
    line_starts_.push_back(static_cast<uint32_t>(at + 1));
  }
}

std::string_view SourceFile::text(SourceSpan span) const {
  return std::string_view(text_).substr(span.begin - base_, span.end - span.begin);
}

uint32_t SourceFile::line_of(uint32_t offset) const {
  const uint32_t relative = std::min(offset - base_, static_cast<uint32_t>(text_.size()));
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), relative);
  return static_cast<uint32_t>(after - line_starts_.begin());
}

uint32_t SourceFile::line_offset(uint32_t line) const {
  const uint32_t start = line_starts_[line - 1];
  const bool marked = line == 1 && std::string_view(text_).starts_with(kByteOrderMark);
  return base_ + start + (marked ? static_cast<uint32_t>(kByteOrderMark.size()) : 0);
}

std::string_view SourceFile::line_text(uint32_t line) const {
  const std::size_t start = line_offset(line) - base_;
  std::size_t end = line < line_count() ? line_starts_[line] - 1 : text_.size();
  if (end > start && line < line_count() && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(start, end - start);
}

uint32_t SourceFile::column_of(uint32_t offset) const {
  const uint32_t line = line_of(offset);
  const std::string_view text = line_text(line);
  const uint32_t start = line_offset(line);
  const std::size_t bytes =
      offset <= start ? 0 : std::min<std::size_t>(offset - start, text.size());
  return static_cast<uint32_t>(count_code_points(text.substr(0, bytes)) + 1);
}

LoadResult SourceManager::load(const std::string& path) {
  const auto known = by_canonical_path_.find(canonical_path(path));
  if (known != by_canonical_path_.end()) return {known->second, {}};
  std::string text;
  std::string reason = read_whole(path, text);
  if (reason.empty() && text.size() >= std::numeric_limits<uint32_t>::max() - next_base_) {
    reason = "the files of this run are larger than 4 GiB together";
  }
  if (!reason.empty()) return {nullptr, std::move(reason)};
  return {&add(path, std::move(text)), {}};
}

const SourceFile& SourceManager::add(const std::string& path, std::string text) {
  if (text.size() >= std::numeric_limits<uint32_t>::max() - next_base_) {
    throw std::length_error("mfidl::SourceManager::add: more than 4 GiB of text");
  }
  const uint32_t base = next_base_;
  next_base_ += static_cast<uint32_t>(text.size()) + 1;  // + 1: the end of file has a place too
  files_.push_back(std::make_unique<SourceFile>(path, std::move(text), base));
  by_canonical_path_[canonical_path(path)] = files_.back().get();
  return *files_.back();
}

const SourceFile* SourceManager::file_of(SourceSpan span) const {
  if (!span.valid() || files_.empty()) return nullptr;
  const auto after =
      std::upper_bound(files_.begin(), files_.end(), span.begin,
                       [](uint32_t offset, const auto& file) { return offset < file->base(); });
  return after == files_.begin() ? nullptr : std::prev(after)->get();
}

}  // namespace mfidl
