// What records are called: in the world, and by pages whose server shows ids of its own.
#pragma once

#include <optional>
#include <string>

#include "tests/sim/lineage.h"
#include "tests/sim/scenario.h"

namespace rockpool::sim {

// Most are such as the SDK makes: RESTED takes them as they are. Of the others its pages cannot create any.
std::string free_id(std::uint64_t number);
std::string counted_id(std::uint64_t number);
std::string own_id(std::uint64_t number);
// Of those that only one client makes: where ids are numbers nobody else is shown those.
std::string free_id_of(std::size_t maker, std::uint64_t number);
std::optional<std::size_t> maker_of(const model::Key& stored);
bool is_counted(const model::Key& stored);
bool is_own(const model::Key& stored);
bool is_made_by(Dialect dialect, const std::string& id);

// What the server calls the record when it shows it to a page of that dialect.
std::string remote_id(Dialect dialect, const model::Record& record);
// The record that the server shows by that id, or the one of that id.
model::Key stored_key(Dialect dialect, const Lineage& lineage, const model::Key& shown);

}  // namespace rockpool::sim
