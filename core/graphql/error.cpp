#include "core/graphql/error.h"

#include "core/base/text.h"
#include "core/model/value.h"

namespace rockpool::graphql {
namespace {

void append_number(std::string& out, std::uint32_t number) { out += base::decimal(std::uint64_t{number}); }

void append_locations(std::string& out, const std::vector<Location>& locations) {
  out += ",\"locations\":[";
  for (const Location& at : locations) {
    if (out.back() != '[') out += ',';
    out += "{\"line\":";
    append_number(out, at.line);
    out += ",\"column\":";
    append_number(out, at.column);
    out += '}';
  }
  out += ']';
}

void append_fields(std::string& out, const std::vector<std::string>& fields) {
  out += ",\"fields\":[";
  for (const std::string& field : fields) {
    if (out.back() != '[') out += ',';
    model::append_quoted(out, field);
  }
  out += ']';
}

void append_path(std::string& out, const std::vector<PathStep>& path) {
  out += ",\"path\":[";
  for (const PathStep& step : path) {
    if (out.back() != '[') out += ',';
    if (step.key.empty()) {
      append_number(out, step.index);
    } else {
      model::append_quoted(out, step.key);
    }
  }
  out += ']';
}

}  // namespace

void append_errors(std::string& out, std::span<const Error> errors) {
  out += '[';
  for (const Error& error : errors) {
    if (out.back() != '[') out += ',';
    out += "{\"message\":";
    model::append_quoted(out, error.message);
    if (!error.locations.empty()) append_locations(out, error.locations);
    if (!error.fields.empty()) append_fields(out, error.fields);
    if (!error.path.empty()) append_path(out, error.path);
    if (!error.code.empty()) {
      out += ",\"extensions\":{\"code\":";
      model::append_quoted(out, error.code);
      out += '}';
    }
    out += '}';
  }
  out += ']';
}

std::string join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

}  // namespace rockpool::graphql
