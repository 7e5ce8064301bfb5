// Source text and places in it.
//
// All files of one run share a single address space of 32-bit offsets: a file's text occupies
// [base, base + size], so a place is four bytes, a span eight, and a span alone tells its file.
// Lines and columns are computed only when a diagnostic is printed.
//
// Threads: no locks; one SourceManager belongs to one run on one thread. Blocking: load() reads
// from disk. Lifetime: a SourceFile lives, at a stable address, as long as its SourceManager;
// tokens and syntax trees hold views into its text.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mfidl {

// Bytes [begin, end) in the address space of a SourceManager. {0, 0} is "no place": no file starts
// at offset 0.
struct SourceSpan {
  uint32_t begin = 0;
  uint32_t end = 0;

  bool valid() const { return begin != 0; }
  // The smallest span that holds both; an invalid side does not count.
  SourceSpan to(SourceSpan last) const;
  friend bool operator==(SourceSpan, SourceSpan) = default;
};
static_assert(sizeof(SourceSpan) == 8);

// Largest file that is read. Offsets are 32 bits wide for all files of a run together.
inline constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20;

class SourceFile {
 public:
  SourceFile(std::string path, std::string text, uint32_t base);
  SourceFile(const SourceFile&) = delete;
  SourceFile& operator=(const SourceFile&) = delete;

  // The path as it was given, for messages.
  const std::string& path() const { return path_; }
  // The bytes of the file, unchanged: a byte order mark and CRs are still there.
  std::string_view text() const { return text_; }
  // The offset of the first byte in the address space; the end of file is at base() +
  // text().size().
  uint32_t base() const { return base_; }
  std::string_view text(SourceSpan span) const;

  uint32_t line_count() const { return static_cast<uint32_t>(line_starts_.size()); }
  // Line numbers and columns start at 1. An offset past the end counts as the end.
  uint32_t line_of(uint32_t offset) const;
  // Counts code points, as editors do: a tab is one, a byte order mark none, and every byte that is
  // not UTF-8 is one.
  uint32_t column_of(uint32_t offset) const;
  // Without its line end (LF or CRLF) and without a byte order mark.
  std::string_view line_text(uint32_t line) const;
  // The offset of the first byte that line_text() returns.
  uint32_t line_offset(uint32_t line) const;

 private:
  std::string path_;
  std::string text_;
  uint32_t base_;
  std::vector<uint32_t> line_starts_;  // relative to base_
};

// What load() answers: the file, or why it could not be read ("No such file or directory").
struct LoadResult {
  const SourceFile* file = nullptr;
  std::string reason;
};

class SourceManager {
 public:
  SourceManager() = default;
  SourceManager(const SourceManager&) = delete;
  SourceManager& operator=(const SourceManager&) = delete;

  // Reads `path`. The same file (after links and ".." are resolved) is read once and is then the
  // same SourceFile, under the path by which it was first loaded. Refuses folders, and files above
  // kMaxFileBytes.
  LoadResult load(const std::string& path);

  // Registers text that is not (or not yet) on disk; a later load(path) returns it. Used by
  // editors and tests.
  const SourceFile& add(const std::string& path, std::string text);

  // nullptr for an invalid span.
  const SourceFile* file_of(SourceSpan span) const;
  const std::vector<std::unique_ptr<SourceFile>>& files() const { return files_; }

 private:
  std::vector<std::unique_ptr<SourceFile>> files_;  // ascending base
  std::unordered_map<std::string, const SourceFile*> by_canonical_path_;
  uint32_t next_base_ = 1;
};

}  // namespace mfidl
