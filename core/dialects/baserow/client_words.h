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

// What the app gives as token: {"email", "password"} or {"refresh_token"}, with which access tokens are asked
// for, or an access token alone.
struct Login {
  std::string path;    // below user/; empty: it is an access token
  std::string secret;  // that, or what is said there
};
std::optional<Login> read_login(std::string_view token);
// Of the answer; empty: there is none.
std::string read_access_token(std::string_view body);

struct KnownTable {
  std::uint64_t id = 0;
  std::string name;
  std::string place;  // with the name of its database: Stock/Parts
};
// False: the body says none of them.
bool read_tables(std::string_view body, std::vector<KnownTable>& tables);
// The table that a collection of that name is, 0: none, or nobody can say which.
std::uint64_t find_table(const std::vector<KnownTable>& tables, const std::string& name);

// For long answers.
base::Result<model::Value> read_answer(std::string_view body);

// What a new row is called on our server, so that it is made once: by its id here. Numbers are given by the
// server alone: what is called by one, for it was there before, has a mark in front, and so has what begins
// with one.
std::string row_name(const std::string& id);

// {"error", "detail"}: the message begins with the first of them, the path is the member of a body that it is
// about.
base::Error read_error(int status, std::string_view body);

}  // namespace rockpool::dialects::baserow
