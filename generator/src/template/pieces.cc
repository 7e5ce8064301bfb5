#include "template/pieces.h"

#include <algorithm>
#include <optional>

namespace mfgen {

std::string template_error(std::string_view origin, Place place, std::string_view message) {
  std::string text(origin);
  text += ':' + std::to_string(place.line) + ':' + std::to_string(place.column) + ": error: ";
  text += message;
  return text;
}

namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// Where the tag that starts at `from` ends: the }} outside of quotes. npos when it does not.
std::size_t find_tag_end(std::string_view line, std::size_t from) {
  bool quoted = false;
  for (std::size_t i = from; i + 1 < line.size(); ++i) {
    if (quoted && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"' && line[from] != '!') {
      quoted = !quoted;
    } else if (!quoted && line[i] == '}' && line[i + 1] == '}') {
      return i;
    }
  }
  return std::string_view::npos;
}

// What a tag does to the line that it stands on.
enum class Effect { kPrints, kSilent, kPartial, kComment };

Effect effect_of(std::string_view tag) {
  switch (tag.empty() ? '\0' : tag.front()) {
    case '!':
      return Effect::kComment;
    case '>':
      return Effect::kPartial;
    case '#':
    case '/':
      return Effect::kSilent;
    default:
      return tag == "else" || tag.starts_with("else ") ? Effect::kSilent : Effect::kPrints;
  }
}

class Cutter {
 public:
  explicit Cutter(std::string_view origin) : origin_(origin) {}

  std::optional<Failure> add_line(std::string_view line) {
    ++line_number_;
    row_.clear();
    std::size_t position = 0;
    for (;;) {
      const std::size_t open = line.find("{{", position);
      add_text(line, position, std::min(open, line.size()));
      if (open == std::string_view::npos) {
        break;
      }
      const std::size_t end = find_tag_end(line, open + 2);
      if (end == std::string_view::npos) {
        return Failure{
            template_error(origin_, place_at(open), "'{{' without '}}' on the same line")};
      }
      const std::string_view tag = line.substr(open + 2, end - open - 2);
      row_.push_back(Piece{Piece::Kind::kTag, tag, {}, place_at(open), false});
      position = end + 2;
    }
    finish_row();
    return std::nullopt;
  }

  std::vector<Piece> take() { return std::move(pieces_); }

 private:
  Place place_at(std::size_t offset) const {
    return {line_number_, static_cast<std::uint32_t>(offset + 1)};
  }

  void add_text(std::string_view line, std::size_t from, std::size_t to) {
    if (to > from) {
      row_.push_back(
          Piece{Piece::Kind::kText, line.substr(from, to - from), {}, place_at(from), false});
    }
  }

  // The whitespace rule.
  void finish_row() {
    std::size_t silent = 0;
    std::size_t partials = 0;
    bool prints = false;
    for (const Piece& piece : row_) {
      if (piece.kind == Piece::Kind::kText) {
        prints = prints || !is_blank(piece.text);
        continue;
      }
      const Effect effect = effect_of(piece.text);
      prints = prints || effect == Effect::kPrints;
      partials += effect == Effect::kPartial ? 1U : 0U;
      silent += effect == Effect::kSilent || effect == Effect::kComment ? 1U : 0U;
    }
    const bool lone_partial = !prints && partials == 1 && silent == 0;
    const bool alone = lone_partial || (!prints && partials == 0 && silent > 0);
    std::string_view indent;
    if (lone_partial && row_.front().kind == Piece::Kind::kText) {
      indent = row_.front().text;
    }
    for (Piece& piece : row_) {
      if (piece.kind == Piece::Kind::kText) {
        if (!alone) {
          push_text(piece);
        }
        continue;
      }
      const Effect effect = effect_of(piece.text);
      if (effect == Effect::kComment) {
        continue;
      }
      if (effect == Effect::kPartial) {
        piece.kind = Piece::Kind::kPartial;
        piece.indent = indent;
      }
      piece.alone = alone;
      pieces_.push_back(piece);
    }
  }

  // Text that goes on where the last one ended is one text.
  void push_text(const Piece& piece) {
    if (!pieces_.empty() && pieces_.back().kind == Piece::Kind::kText) {
      std::string_view& last = pieces_.back().text;
      if (last.data() + last.size() == piece.text.data()) {
        last = std::string_view(last.data(), last.size() + piece.text.size());
        return;
      }
    }
    pieces_.push_back(piece);
  }

  std::string_view origin_;
  std::uint32_t line_number_ = 0;
  std::vector<Piece> row_;
  std::vector<Piece> pieces_;
};

}  // namespace

Outcome<std::vector<Piece>> cut_into_pieces(std::string_view source, std::string_view origin) {
  Cutter cutter(origin);
  while (!source.empty()) {
    const std::size_t end = source.find('\n');
    const std::size_t length = end == std::string_view::npos ? source.size() : end + 1;
    if (auto failure = cutter.add_line(source.substr(0, length))) {
      return *failure;
    }
    source.remove_prefix(length);
  }
  return cutter.take();
}

}  // namespace mfgen
