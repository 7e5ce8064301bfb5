#include "tasks.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <span>
#include <utility>
#include <vector>

#include "table.h"

namespace samples {
namespace {

constexpr std::size_t kBatch = 16;

void show_progress(std::size_t done, std::size_t total, std::size_t words) {
  constexpr std::size_t kWidth = 30;
  const std::size_t filled = total == 0 ? kWidth : kWidth * done / total;
  const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
  std::printf("  [%s] %zu of %zu documents, %zu words\n", bar.c_str(), done, total, words);
  std::fflush(stdout);
}

// All batches are in flight at once; the answers come back in order, one line of progress each.
void index_all(const notes::NotesClient& client, const std::vector<std::string>& paths) {
  std::vector<multifrost::Pending<notes::IndexReport>> batches;
  for (std::size_t first = 0; first < paths.size(); first += kBatch) {
    const auto count = std::min(kBatch, paths.size() - first);
    batches.push_back(client.async().index(std::span(paths).subspan(first, count)));
  }
  std::size_t documents = 0;
  std::size_t words = 0;
  for (auto& batch : batches) {
    const notes::IndexReport report = batch.get();
    documents += report.documents;
    words += report.words;
    show_progress(documents, paths.size(), words);
  }
}

}  // namespace

void index_folder(const notes::NotesClient& client, const std::string& folder) {
  std::printf("index: %s\n", folder.c_str());
  std::vector<std::string> paths;
  for (notes::Document& document : client.scan(folder)) paths.push_back(std::move(document.path));
  index_all(client, paths);
  std::printf("  %s\n", to_string(client.stats()).c_str());
}

void show_hits(const notes::Notes& client, const std::string& query) {
  std::printf("\nsearch: %s\n", query.c_str());
  Table table({"score", "where", "heading", "text"});
  for (const notes::Hit& hit : client.search(query, 6)) {
    char score[16];
    std::snprintf(score, sizeof score, "%.2f", hit.score);
    table.add({score, hit.path + ":" + std::to_string(hit.line), hit.heading, hit.snippet});
  }
  std::fputs(table.text().c_str(), stdout);
}

}  // namespace samples
