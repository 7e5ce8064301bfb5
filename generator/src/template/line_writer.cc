#include "template/line_writer.h"

#include <utility>

#include "template/fill.h"

namespace mfgen {

void LineWriter::write(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      append(text);
      return;
    }
    if (end > 0) {
      append(text.substr(0, end));
    }
    if (line_ended_) {
      end_line();
    }
    line_ended_ = true;
    text.remove_prefix(end + 1);
  }
}

void LineWriter::append(std::string_view part_of_line) {
  if (line_ended_) {
    end_line();
  }
  if (!indent_.empty() && done_.size() == line_start_) {
    done_ += indent_;
  }
  done_ += part_of_line;
}

void LineWriter::write_break() {
  append(" ");
  breaks_.push_back(done_.size() - 1);
}

void LineWriter::mark_opening() {
  append({});
  if (!opening_) {
    opening_ = done_.size();
  }
}

void LineWriter::write_separator(std::string_view separator, bool breaks) {
  const bool ended = std::exchange(line_ended_, false);
  if (breaks) {
    write(separator.substr(0, separator.size() - 1));
    write_break();
  } else {
    write(separator);
  }
  if (ended) {
    write("\n");
  }
}

// The line end stays pending until something follows, so that a separator can still go before it.
void LineWriter::end_line() {
  break_line();
  done_ += '\n';
  line_start_ = done_.size();
  line_ended_ = false;
}

void LineWriter::break_line() {
  if (done_.size() - line_start_ > kWidth && (opening_ || !breaks_.empty())) {
    for (std::size_t& offset : breaks_) {
      offset -= line_start_;
    }
    if (opening_) {
      *opening_ -= line_start_;
    }
    const std::string line = done_.substr(line_start_);
    done_.replace(line_start_, std::string::npos, fill_line(line, breaks_, opening_, kWidth));
  }
  breaks_.clear();
  opening_.reset();
}

std::string LineWriter::take() && {
  if (line_ended_) {
    end_line();
  } else {
    break_line();
  }
  return std::move(done_);
}

}  // namespace mfgen
