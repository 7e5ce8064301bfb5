// Asks the notes service: a worker in a process of its own, which any number of programs share.
//
//   notes_search QUERY…            searches what the service has indexed
//   notes_search --index FOLDER    lets it index a folder
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "tasks.h"

int main(int argc, char** argv) {
  const std::span<char*> arguments(argv + 1, argv + argc);
  const bool index = !arguments.empty() && std::string_view(arguments[0]) == "--index";
  if (arguments.empty() || (index && arguments.size() != 2)) {
    std::fprintf(stderr, "usage: notes_search QUERY… | --index FOLDER\n");
    return 2;
  }
  try {
    const auto client = samples::notes::NotesClient::connect("notes");
    if (index) {
      samples::index_folder(client, arguments[1]);
      return 0;
    }
    for (const char* query : arguments) samples::show_hits(client, query);
    return 0;
  } catch (const multifrost::Error& error) {
    std::fprintf(stderr, "notes_search: %s\n", error.what());
    return 1;
  }
}
