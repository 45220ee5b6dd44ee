#include "core/dialects/deepstream/jif_plain.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/dialects/deepstream/jif_forms.h"
#include "core/model/value.h"

namespace rockpool::dialects::deepstream {
namespace {

// All within what the reader for all batches takes (model::ReadLimits).
constexpr std::size_t bytes_max = 1 << 20;
constexpr std::size_t values_max = 50'000;
constexpr std::size_t members_max = 5'000;
constexpr std::size_t name_bytes_max = 500;
constexpr std::size_t digits_max = 100;
constexpr std::size_t version_digits_max = 15;
constexpr std::size_t depth_most = 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Walks over JSON. After the first false nothing more is to be asked.
class Walker {
 public:
  Walker(std::string_view text, std::size_t depth_max)
      : at_(text.data()), end_(at_ + text.size()), depth_max_(depth_max) {}

  void space() {
    while (at_ != end_ && is_space(*at_)) {
      ++at_;
      has_space_ = true;
    }
  }
  bool at_end() const { return at_ == end_; }
  // The sign itself, with the space around it.
  bool take(char sign) {
    space();
    if (at_ == end_ || *at_ != sign) return false;
    ++at_;
    space();
    return true;
  }
  // A string without escapes.
  bool text(std::string_view& into) {
    const char* const begin = at_ + 1;
    bool has_escapes = false;
    if (!string(has_escapes) || has_escapes) return false;
    into = {begin, static_cast<std::size_t>(at_ - begin) - 1};
    return true;
  }
  // Any value, as compact text.
  bool value(std::string& into, std::size_t depth) {
    const char* const begin = at_;
    has_space_ = false;
    if (!skip(depth)) return false;
    const std::string_view slice(begin, static_cast<std::size_t>(at_ - begin));
    if (!has_space_) {
      into = slice;
      return true;
    }
    auto compact = model::compact(slice);
    if (compact) into = *std::move(compact);
    return compact.ok();
  }
  // A whole number as JSON.stringify writes it.
  bool whole(std::int64_t& into) {
    const bool is_negative = at_ != end_ && *at_ == '-';
    if (is_negative) ++at_;
    const char* const begin = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    const auto digits = base::read_decimal({begin, static_cast<std::size_t>(at_ - begin)});
    if (!digits || at_ - begin > static_cast<std::ptrdiff_t>(version_digits_max)) return false;
    into = is_negative ? -static_cast<std::int64_t>(*digits) : static_cast<std::int64_t>(*digits);
    return count();
  }
  // Is anything there beyond ASCII? Only strings may hold it.
  bool has_wide() const { return has_wide_; }
  bool count() { return ++values_ <= values_max; }

 private:
  bool string(bool& has_escapes) {
    if (at_ == end_ || *at_ != '"' || !count()) return false;
    for (++at_; at_ != end_; ++at_) {
      const auto c = static_cast<unsigned char>(*at_);
      if (c == '"') return ++at_, true;
      if (c < 0x20) return false;
      has_wide_ = has_wide_ || c >= 0x80;
      if (c != '\\') continue;
      has_escapes = true;
      constexpr std::string_view codes = "\"\\/bfnrt";
      if (++at_ == end_ || codes.find(*at_) == std::string_view::npos) return false;
    }
    return false;
  }

  bool digits() {
    const char* const begin = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return at_ != begin && at_ - begin <= static_cast<std::ptrdiff_t>(digits_max);
  }
  bool number() {
    if (*at_ == '-') ++at_;
    const bool begins_with_zero = at_ != end_ && *at_ == '0';
    const char* const begin = at_;
    if (!digits() || (begins_with_zero && at_ - begin > 1)) return false;
    if (at_ == end_ || *at_ != '.') return at_ == end_ || (*at_ != 'e' && *at_ != 'E');
    ++at_;
    return digits() && (at_ == end_ || (*at_ != 'e' && *at_ != 'E'));
  }
  bool word(std::string_view word) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  bool skip(std::size_t depth) {
    if (at_ == end_ || depth > depth_max_) return false;
    bool has_escapes = false;
    switch (*at_) {
      case '{': return count() && object(depth);
      case '[': return count() && array(depth);
      case '"': return string(has_escapes);
      case 't': return count() && word("true");
      case 'f': return count() && word("false");
      case 'n': return count() && word("null");
      default: return (*at_ == '-' || is_digit(*at_)) && count() && number();
    }
  }
  bool object(std::size_t depth) {
    take('{');
    if (close('}')) return true;
    for (std::size_t members = 1; members <= members_max; ++members) {
      const char* const begin = at_;
      bool has_escapes = false;
      if (!string(has_escapes) || at_ - begin > static_cast<std::ptrdiff_t>(name_bytes_max)) return false;
      if (!take(':') || !skip(depth + 1)) return false;
      space();
      if (close('}')) return true;
      if (!take(',')) return false;
    }
    return false;
  }
  bool array(std::size_t depth) {
    take('[');
    if (close(']')) return true;
    for (std::size_t elements = 1; elements <= members_max; ++elements) {
      if (!skip(depth + 1)) return false;
      space();
      if (close(']')) return true;
      if (!take(',')) return false;
    }
    return false;
  }
  // Without the space behind it, which is no part of the value.
  bool close(char sign) {
    if (at_ == end_ || *at_ != sign) return false;
    ++at_;
    return true;
  }

  const char* at_;
  const char* end_;
  std::size_t depth_max_;
  std::size_t values_ = 0;
  bool has_space_ = false;
  bool has_wide_ = false;
};

// One command's members, each at most once.
struct Members {
  std::string_view topic, action, name_key, name, path;
  std::string data;
  std::optional<std::int64_t> version;
  bool has_path = false;
};

class PlainReader {
 public:
  PlainReader(std::string_view text, std::size_t depth_max) : text_(text), walker_(text, depth_max) {}

  std::optional<Batch> read() {
    Batch batch{.token = std::nullopt, .auth_data = {}, .commands = std::vector<Command>()};
    if (!walker_.count() || !walker_.take('{')) return std::nullopt;
    bool has_body = false;
    do {
      std::string_view key, token;
      if (!walker_.text(key) || !walker_.take(':')) return std::nullopt;
      if (key == "token" && !batch.token) {
        if (!walker_.text(token) || token.empty()) return std::nullopt;
        batch.token = token;
      } else if (key == "body" && !std::exchange(has_body, true)) {
        if (!read_commands(*batch.commands)) return std::nullopt;
      } else {
        return std::nullopt;
      }
    } while (walker_.take(','));
    if (!has_body || !walker_.take('}') || !walker_.at_end()) return std::nullopt;
    if (walker_.has_wide() && !base::is_utf8(text_)) return std::nullopt;
    return batch;
  }

 private:
  bool read_commands(std::vector<Command>& commands) {
    if (!walker_.count() || !walker_.take('[')) return false;
    do {
      if (!read_command(commands.emplace_back())) return false;
    } while (walker_.take(','));
    return walker_.take(']');
  }

  bool read_command(Command& command) {
    Members members;
    if (!walker_.count() || !walker_.take('{')) return false;
    do {
      std::string_view key;
      if (!walker_.text(key) || !walker_.take(':') || !read_member(key, members)) return false;
    } while (walker_.take(','));
    return walker_.take('}') && make(members, command);
  }

  bool read_member(std::string_view key, Members& members) {
    const auto once = [&](std::string_view& into) {
      return into.empty() && walker_.text(into) && !into.empty();
    };
    if (key == "topic") return once(members.topic);
    if (key == "action") return once(members.action);
    if (key == "path") return !std::exchange(members.has_path, true) && walker_.text(members.path);
    if (key == "data") return members.data.empty() && walker_.value(members.data, 4);
    if (key == "version") return !members.version && walker_.whole(members.version.emplace());
    if (!members.name_key.empty()) return false;
    members.name_key = key;
    return once(members.name);
  }

  // Is it whole, and has nothing that its form does not have?
  static bool make(Members& members, Command& command) {
    const auto is_form = [&](const Form& form) {
      return form.topic == members.topic && form.action == members.action;
    };
    const auto* const form = std::find_if(std::begin(forms), std::end(forms), is_form);
    if (form == std::end(forms) || form->data == Data::texts || form->kind == Kind::notify) return false;
    if (members.name_key != form->name || (members.has_path && !form->has_path)) return false;
    if (members.version && (!form->has_version || *members.version < -1)) return false;
    const bool has_data = !members.data.empty();
    if (form->data == Data::none ? has_data : form->data == Data::wanted && !has_data) return false;
    const bool is_container = has_data && (members.data.front() == '{' || members.data.front() == '[');
    if (form->kind == Kind::write && !is_container && members.path.empty()) return false;
    command = {.kind = form->kind,
               .topic = form->of,
               .name = std::string(members.name),
               .data = std::move(members.data),
               .path = std::string(members.path),
               .version = members.version};
    return true;
  }

  std::string_view text_;
  Walker walker_;
};

}  // namespace

std::optional<Batch> read_plain_batch(std::string_view body, std::size_t depth_max) {
  if (body.size() > bytes_max) return std::nullopt;
  return PlainReader(body, std::min(depth_max, depth_most)).read();
}

}  // namespace rockpool::dialects::deepstream
