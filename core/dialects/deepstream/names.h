// Deepstream's record names and our keys.
//
// name := collection "/" id | id        in a collection "%25" is "%" and "%2F" is "/"
//
// What does not fit the first form is a record of the collection `deepstream`: a name without "/", one with
// an empty part or another "%" before the "/", with a collection nobody may have, or that begins with
// "deepstream/".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model/record.h"

namespace rockpool::dialects::deepstream {

inline constexpr std::string_view own_collection = "deepstream";

// Total. Whether the key may be had is the hub's to say.
model::Key key_of(std::string_view name);

// A whole collection, for pages of ours (whole.cpp): its part of its records' names, with the "/". Empty: it
// is none, or that of the names without a collection.
std::string whole_name_of(std::string_view collection);
std::string collection_in(std::string_view whole_name);

// Empty: the record has no name here, since key_of would find another. Only the own collection has such ids.
std::optional<std::string> name_of(const model::Key& key);

}  // namespace rockpool::dialects::deepstream
