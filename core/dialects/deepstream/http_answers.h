// Answers to HTTP requests, as this dialect writes them.
//
// Private to the dialect's server half.
#pragma once

#include <string>
#include <string_view>

#include "core/dialect/dialect.h"

namespace rockpool::dialects::deepstream {

inline dialect::Respond answer_of(dialect::CarrierId request, int status, std::string_view type,
                                  std::string body) {
  dialect::Respond respond{.carrier = request, .head = {.status = status, .headers = {}}, .body = nullptr};
  respond.head.headers.emplace_back("Content-Type", type);
  respond.body = std::make_shared<const std::string>(std::move(body));
  return respond;
}

inline dialect::Respond json_answer(dialect::CarrierId request, std::string body) {
  return answer_of(request, 200, "application/json; charset=utf-8", std::move(body));
}

// A sentence for people, without a line break behind it.
inline dialect::Respond text_answer(dialect::CarrierId request, int status, std::string text) {
  return answer_of(request, status, "text/plain; charset=utf-8", std::move(text));
}

}  // namespace rockpool::dialects::deepstream
