// Searches real documents from C++: the index is a Python worker on SQLite.
//
//   notes_parent WORKERS [FOLDER [QUERY]]      WORKERS: the folder that holds worker.py
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "notes.mf.h"
#include "table.h"

namespace notes = samples::notes;

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

void show_hits(const notes::Notes& client, const std::string& query) {
  std::printf("\nsearch: %s\n", query.c_str());
  samples::Table table({"score", "where", "heading", "text"});
  for (const notes::Hit& hit : client.search(query, 6)) {
    char score[16];
    std::snprintf(score, sizeof score, "%.2f", hit.score);
    table.add({score, hit.path + ":" + std::to_string(hit.line), hit.heading, hit.snippet});
  }
  std::fputs(table.text().c_str(), stdout);
}

void show_typed_error(const notes::Notes& client) {
  std::puts("\na typed error, with its fields:");
  try {
    client.search("\"an open quote");
  } catch (const notes::BadQuery& error) {
    std::printf("  BadQuery: %s\n  query: %s\n", error.message().c_str(),
                error.details()->query.c_str());
  }
}

void show_wrong_answer(const std::string& workers) {
  std::puts("\na worker that breaks the interface's promise:");
  const auto careless = notes::NotesClient::spawn(workers + "/careless_worker.py", "python3");
  try {
    careless.search("anything");
  } catch (const multifrost::DecodeError& error) {
    std::printf("  DecodeError: %s\n", error.what());
  }
}

void run(const std::string& workers, const std::string& folder, const std::string& query) {
  const auto client = notes::NotesClient::spawn(workers + "/worker.py", "python3");

  std::printf("index: %s\n", folder.c_str());
  std::vector<std::string> paths;
  for (notes::Document& document : client.scan(folder)) paths.push_back(std::move(document.path));
  index_all(client, paths);
  std::printf("  %s\n", to_string(client.stats()).c_str());

  show_typed_error(client);
  show_wrong_answer(workers);
  show_hits(client, query);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: notes_parent WORKERS [FOLDER [QUERY]]\n");
    return 2;
  }
  const std::string folder = argc > 2 ? argv[2] : ".";
  const std::string query = argc > 3 ? argv[3] : "worker AND process";
  try {
    run(argv[1], folder, query);
    return 0;
  } catch (const multifrost::Error& error) {
    std::fprintf(stderr, "notes_parent: %s\n", error.what());
    return 1;
  }
}
