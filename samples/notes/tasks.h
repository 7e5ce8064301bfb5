// What both programs ask of a notes worker, wherever it runs.
#pragma once

#include <string>

#include "notes.mf.h"

namespace samples {

/// Lets it index the documents of a folder, and shows the progress.
void index_folder(const notes::NotesClient& client, const std::string& folder);

/// Prints the best hits as a table.
void show_hits(const notes::Notes& client, const std::string& query);

}  // namespace samples
