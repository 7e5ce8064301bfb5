// Searches real documents from C++: the index is a Python worker on SQLite.
//
//   notes_parent WORKERS [FOLDER [QUERY]]      WORKERS: the folder that holds worker.py
#include <cstdio>
#include <string>

#include "notes.mf.h"
#include "tasks.h"

namespace notes = samples::notes;

namespace {

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

  samples::index_folder(client, folder);
  show_typed_error(client);
  show_wrong_answer(workers);
  samples::show_hits(client, query);
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
