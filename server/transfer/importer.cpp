#include "server/transfer/importer.h"

#include <utility>

#include "core/base/text.h"
#include "core/model/names.h"
#include "server/auth/crypto.h"

namespace rockpool::transfer {
namespace {

constexpr std::size_t portion_rows_max = 250;
constexpr std::size_t portion_bytes_max = 256 << 10;
constexpr std::size_t under_way_rows_max = 2000;
constexpr std::size_t hash_bytes = 16;
// Somebody else may write the same record at the same time, but hardly that often.
constexpr int tries_max = 20;

std::string hash_id(std::string_view canonical) {
  std::string id;
  for (const char byte : auth::sha256(canonical).substr(0, hash_bytes)) {
    id += base::hex(static_cast<unsigned char>(byte), 2);
  }
  return id;
}

// Both are JSON texts; an empty one is no value.
bool same_value(std::string_view a, std::string_view b) {
  if (a == b || a.empty() || b.empty()) return a == b;
  const auto left = model::read(a);
  const auto right = model::read(b);
  return left.ok() && right.ok() && model::canonical(*left) == model::canonical(*right);
}

}  // namespace

// A member called `id` is the record's id and not kept twice; one of any other name stays in the record.
base::Result<std::string> Importer::take_id(model::Value& row) const {
  if (options_.id_field.empty()) return hash_id(model::canonical(row));
  const model::Value* found = model::member(row, options_.id_field);
  const auto wrong = [&](std::string_view what) {
    return base::Error{base::Code::invalid, "the member '" + options_.id_field + "' " + std::string(what),
                       ""};
  };
  if (found == nullptr) return wrong("is missing, --id says that it holds the id");
  std::string id;
  if (const auto* text = found->get_ptr<const std::string*>()) {
    id = *text;
  } else if (found->is_number_integer()) {
    id = model::write(*found);
  } else {
    return wrong("is no id; text or a whole number is needed");
  }
  if (const auto fits = model::check_id(id); !fits.ok()) return wrong("is no id: " + fits.error().message);
  if (options_.id_field == "id")
    std::erase_if(*row.get_ptr<model::Value::object_t*>(),
                  [](const auto& item) { return item.name == "id"; });
  return id;
}

base::Status Importer::add(rows::Row row) {
  auto id = take_id(row.value);
  if (!id.ok()) return rows::at_line(row.line, id.error().message);
  Pending pending{row.line, std::move(*id), model::write(row.value)};
  const std::size_t size = pending.data.size();
  if (size > target_.row_bytes_max()) {
    return rows::at_line(row.line, "the row is too large; 1 MiB is the limit");
  }
  if (portion_.size() == portion_rows_max || portion_bytes_ + size > portion_bytes_max) {
    if (const auto sent = flush(); !sent.ok()) return sent;
  }
  enqueue(std::move(pending), 0);
  return await(under_way_rows_max);
}

void Importer::enqueue(Pending pending, model::Version base) {
  model::Mutation mutation;
  mutation.number = ++last_number_;
  mutation.key = {options_.collection, pending.id};
  mutation.op = model::Op::put;
  mutation.data = pending.data;
  mutation.base = base;
  portion_bytes_ += pending.data.size();
  portion_.push_back({std::move(mutation)});
  open_.emplace(last_number_, std::move(pending));
}

base::Status Importer::flush() {
  if (portion_.empty()) return base::done();
  portion_bytes_ = 0;
  return target_.push(std::exchange(portion_, {}));
}

base::Status Importer::await(std::size_t under_way_max) {
  while (open_.size() - portion_.size() > under_way_max) {
    const auto outcomes = target_.wait();
    if (!outcomes.ok()) return outcomes.error();
    for (const model::Outcome& outcome : *outcomes) {
      if (const auto settled = settle(outcome); !settled.ok()) return settled;
    }
  }
  return base::done();
}

base::Status Importer::finish() {
  while (!open_.empty()) {
    if (const auto sent = flush(); !sent.ok()) return sent;
    if (const auto settled = await(0); !settled.ok()) return settled;
  }
  return base::done();
}

base::Status Importer::settle(const model::Outcome& outcome) {
  const std::uint64_t number = std::visit([](const auto& one) { return one.number; }, outcome);
  auto node = open_.extract(number);
  if (node.empty()) return base::done();
  Pending pending = std::move(node.mapped());
  if (std::holds_alternative<model::Acked>(outcome)) {
    ++(pending.update ? tally_.updated : tally_.imported);
    return base::done();
  }
  if (const auto* declined = std::get_if<model::Declined>(&outcome)) {
    return rows::at_line(pending.line, "refused: " + declined->error.message);
  }
  if (const auto* conflict = std::get_if<model::Conflicted>(&outcome)) {
    return settle_conflict(*conflict, std::move(pending));
  }
  return rows::at_line(pending.line, "answered 'held', which a single write never is");
}

base::Status Importer::settle_conflict(const model::Conflicted& conflict, Pending pending) {
  if (same_value(conflict.data, pending.data)) {
    ++(pending.update ? tally_.updated : tally_.unchanged);
    return base::done();
  }
  if (++pending.tries > tries_max) {
    return rows::at_line(pending.line,
                         "somebody else keeps writing record '" + pending.id + "'; try again later");
  }
  pending.update = !conflict.data.empty();
  enqueue(std::move(pending), conflict.data.empty() ? 0 : conflict.version);
  return base::done();
}

}  // namespace rockpool::transfer
