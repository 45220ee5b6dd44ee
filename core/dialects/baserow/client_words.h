// What the page's end says and reads, as text, rows apart.
//
// Private to the dialect's client half.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/value.h"

namespace rockpool::dialects::baserow {

// What the app gives as token: an access token alone, {"email", "password"}, or {"refresh_token"} as logging
// in is answered.
struct Login {
  std::string email, password;
  std::string refresh;
  std::string access;  // of which nobody here can make another
};
std::optional<Login> read_login(std::string_view token);
// Of the request that begins a session, or goes on with it.
std::string login_body(const Login& login);
std::string refresh_body(const std::string& refresh);

struct Tokens {
  std::string access;
  std::string refresh;  // empty: it stays
};
std::optional<Tokens> read_tokens(std::string_view body);
// When an access token runs out, in milliseconds since 1970, and how long it lives; 0: it does not say.
struct Life {
  std::int64_t ends_ms = 0, whole_ms = 0;
};
Life read_life(std::string_view access);

struct KnownTable {
  std::uint64_t id = 0;
  std::string name;
  std::string place;  // with the name of its database: Stock/Parts
};
std::optional<std::vector<KnownTable>> read_tables(std::string_view body);
// The table that a collection of that name is: 0 and a sentence where it is none, or nobody can say which.
struct FoundTable {
  std::uint64_t id = 0;
  std::string problem;
};
FoundTable find_table(const std::vector<KnownTable>& tables, const std::string& name);

// For long answers.
base::Result<model::Value> read_answer(std::string_view body);

// {"error", "detail"} as a sentence.
struct Refusal {
  std::string code;
  std::string message;
  std::string member;  // of the body, that it is about; empty: none
};
Refusal read_refusal(int status, std::string_view body);

}  // namespace rockpool::dialects::baserow
