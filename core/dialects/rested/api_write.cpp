// What Api does to records.
#include "core/base/text.h"
#include "core/dialects/rested/api.h"
#include "core/dialects/rested/files.h"
#include "core/dialects/rested/owners.h"

namespace rockpool::dialects::rested {
namespace {

constexpr int tries_max = 16;

Refusal unmergeable() {
  return {400, "merge is not possible: the record and the body must both be JSON objects"};
}

enum class Type { json, text, file };

Type type_of(const model::Record& record) {
  if (has_file(record.meta)) return Type::file;
  return read_beside(record.meta).is_text && record.data.starts_with('"') ? Type::text : Type::json;
}

}  // namespace

void Api::create(Work work, ServerSteps& out) {
  const Caller& caller = work.caller;
  model::Write write{.client = {}, .owns = true, .tells = true};
  if (work.upload) {
    Beside owner;
    if (caller.endpoint->needs_token()) owner.owner = caller.user();
    auto records = file_records(*work.upload, caller.endpoint->collection, owner, desk_.prng);
    if (!records) return refuse(work, refusal_of(records.error()), out);
    write.groups.push_back(std::move(*records));
    work.step = Step::write;
    return ask_hub(std::move(work), std::move(write), out);
  }
  // Who names what it makes may ask again when the answer is lost.
  const std::string id = work.ids.empty() ? new_unique_id(desk_.prng) : work.ids.front();
  model::Mutation put{
      .key = {caller.endpoint->collection, id}, .op = model::Op::put, .data = work.body, .base = 0};
  Beside beside{.is_text = work.is_text};
  if (caller.endpoint->needs_token()) beside.owner = caller.user();
  if (beside != Beside()) put.meta = write_beside("", beside);
  work.step = Step::write;
  write.groups.push_back({std::move(put)});
  ask_hub(std::move(work), std::move(write), out);
}

void Api::change(Work work, const model::Record& record, ServerSteps& out) {
  const Endpoint& endpoint = *work.caller.endpoint;
  const bool removes = work.asked.method == "DELETE";
  if (!may(work.caller, record, removes ? endpoint.delete_by_others : endpoint.update_by_others))
    return refuse(work, foreign(), out);
  if (!work.asked.if_match.empty() && !names_tag(work.asked.if_match, tag_of(record)))
    return refuse(work, other_record(), out);
  const auto version = values_of(work.asked.query, "version");
  if (!version.empty() && version.front() != base::decimal(record.version))
    return refuse(work, {412, "the record has another version"}, out);
  std::string data;
  if (!removes) {
    if (auto refused = make_data(work, record, data)) return refuse(work, *refused, out);
  }
  if (is_upload(work.asked) && !work.upload) return probe(std::move(work), record.key, out);
  if (endpoint.authentication)
    return users_.change({work.carrier, std::move(work.asked), std::move(work.caller)}, record,
                         std::move(data), out);
  model::Mutation mutation{
      .key = record.key, .op = model::Op::put, .data = std::move(data), .base = record.version};
  if (removes) {
    mutation.op = model::Op::remove;
  } else {
    Beside beside = read_beside(record.meta);
    beside.is_text = work.is_text;
    beside.upload.clear();
    std::string meta = write_beside(without_file(record.meta), beside);
    if (work.upload) meta = file_meta(meta, work.upload->files.front());
    if (meta != record.meta) mutation.meta = std::move(meta);
  }
  if (removes) work.removed = record;
  work.step = Step::write;
  model::Write write{.client = {}, .owns = true, .tells = true};
  write.groups.push_back({std::move(mutation)});
  ask_hub(std::move(work), std::move(write), out);
}

// What the record becomes, by the strategy.
std::optional<Refusal> Api::make_data(Work& work, const model::Record& record, std::string& data) const {
  if (is_upload(work.asked)) return make_file(work, record, data);
  if (work.strategy == Strategy::merge) {
    if (work.is_text || has_file(record.meta)) return unmergeable();
    auto both = merged(record.data, work.body);
    if (both) data = std::move(*both);
    const bool is_large = !both && both.error().code == base::Code::too_large;
    return both ? std::nullopt : std::optional(is_large ? refusal_of(both.error()) : unmergeable());
  }
  if (work.strategy == Strategy::replace && type_of(record) != (work.is_text ? Type::text : Type::json))
    return Refusal{400, "replace is not possible: the body is not of the record's type; use force"};
  data = work.body;
  return std::nullopt;
}

// A file is replaced as a whole; PATCH leaves what is said of it beside.
std::optional<Refusal> Api::make_file(const Work& work, const model::Record& record,
                                      std::string& data) const {
  const bool is_file = has_file(record.meta);
  const bool is_merged = work.strategy == Strategy::merge;
  if (is_merged && (!is_file || work.asked.method == "PUT")) return unmergeable();
  if (work.strategy == Strategy::replace && !is_file)
    return Refusal{400, "replace is not possible: the body is not of the record's type; use force"};
  if (!work.upload) return std::nullopt;
  auto said =
      file_data(work.upload->files.front(), *work.upload, is_merged ? record.data : std::string("{}"));
  if (said) data = std::move(*said);
  return said ? std::nullopt : std::optional(refusal_of(said.error()));
}

void Api::written(Instant now, Work work, const model::Written& written, ServerSteps& out) {
  for (const model::Outcome& outcome : written.outcomes)
    if (const auto* declined = std::get_if<model::Declined>(&outcome))
      return refuse(work, refusal_of(declined->error), out);
  if (work.step == Step::probe) return read_upload(std::move(work), out);
  if (!std::holds_alternative<model::Acked>(written.outcomes.front())) {
    if (!stands(now, work, out)) return;
    if (work.asked.method == "POST" && !work.ids.empty() && !work.upload) {
      // Made before, under the uniqueId that this request gives it too.
      work.step = Step::record;
      const std::string id = work.ids.front();
      return look_for(std::move(work), id, out);
    }
    // Somebody else was first: the same again, on what there is now.
    if (++work.tries > tries_max)
      return refuse(work, {503, "too many others write this at once; try again", {}, 1000}, out);
    return begin(std::move(work), out);
  }
  if (written.made.size() > 1) return show_made(work, written.made, out);
  show(work, work.removed ? *work.removed : written.made.front(), out);
}

// Of several files.
void Api::show_made(const Work& work, const std::vector<model::Record>& made, ServerSteps& out) {
  const bool bare = is_set(work.asked.query, "dataOnly");
  const bool with_versions = is_set(work.asked.query, "versions");
  std::string body;
  for (const model::Record& record : made)
    body.append(body.empty() ? "[" : ",").append(bare ? record.data : record_text(record, with_versions));
  out.push_back(rested::answer(work.carrier, work.asked, 200, body + ']'));
}

}  // namespace rockpool::dialects::rested
