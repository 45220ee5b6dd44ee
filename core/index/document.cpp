#include "core/index/document.h"

#include "core/base/fold.h"
#include "core/base/text.h"
#include "core/model/position.h"
#include "core/model/value.h"
#include "core/query/scan.h"

namespace rockpool::index {
namespace {

using Paths = std::vector<std::vector<std::string>>;

Paths text_members(const Paths& paths) {
  Paths members;
  for (const auto& path : paths)
    if (path.size() == 2 && path.front() == "text") members.push_back({path.back()});
  return members;
}

bool is_number(char c) { return c == '-' || (c >= '0' && c <= '9'); }

}  // namespace

Document::Document(const Paths& paths) : members_(text_members(paths)) {
  for (const auto& member : text_members(paths)) model::append_quoted(names_.emplace_back(), member.front());
  for (const auto& path : paths) has_position_ = has_position_ || path.front() == "position";
}

std::string_view Document::of(const model::Record& record) {
  text_ = R"({"num":)" + base::decimal(record.num);
  if (has_position_) text_ += R"(,"position":")" + model::position_of(record).sortable() + '"';
  text_ += R"(,"created":)" + base::decimal(record.created.ms);
  text_ += R"(,"updated":)" + base::decimal(record.updated.ms);
  if (!names_.empty()) {
    members_.find(record.data, found_);
    text_ += R"(,"text":{)";
    bool is_first = true;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const std::string_view raw = found_[i];
      if (raw.empty() || (raw.front() != '"' && !is_number(raw.front()))) continue;
      if (!std::exchange(is_first, false)) text_ += ',';
      text_.append(names_[i]) += ':';
      const std::string_view quote = raw.front() == '"' ? "" : "\"";
      text_.append(quote).append(raw).append(quote);
    }
    text_ += '}';
  }
  if (!record.meta.empty()) text_.append(R"(,"meta":)").append(record.meta);
  text_.append(R"(,"data":)").append(record.data) += '}';
  return text_;
}

bool Texts::next(std::string_view data, std::size_t& at) {
  folded_.clear();
  if (is_number(data[at])) {
    const std::size_t end = query::behind_value(data, at);
    folded_ = data.substr(at, end - at);
    at = end;
    return true;
  }
  if (data[at] != '"') {
    ++at;
    return false;
  }
  const std::size_t end = query::behind_string(data, at);
  const std::string_view raw = data.substr(at, end - at);
  at = end;
  if (end < data.size() && data[end] == ':') return false;
  base::append_folded(folded_, query::unescaped(raw, scratch_));
  return true;
}

}  // namespace rockpool::index
