#include "core/dialects/datocms/items.h"

#include "core/base/text.h"
#include "core/dialect/frames.h"
#include "core/dialect/object_text.h"
#include "core/dialect/times.h"
#include "core/dialects/datocms/sdk_records.h"
#include "core/model/names.h"

namespace rockpool::dialects::datocms {
namespace {

using dialect::ObjectText;
using model::Value;

constexpr int tries_max = 16;

const Value* at(const Value& value, std::initializer_list<std::string_view> way) {
  const Value* found = &value;
  for (const std::string_view step : way)
    if (found != nullptr) found = model::member(*found, step);
  return found;
}

// The id of the record that is called so, by its number or by its id.
std::optional<std::string> id_of(const Shelf& shelf, const Value& said) {
  const auto* text = said.get_ptr<const std::string*>();
  const auto num = model::as_count(said);
  const Row* row = text != nullptr ? shelf.find_named(*text) : num ? shelf.find(*num) : nullptr;
  if (row == nullptr) return std::nullopt;
  return row->id;
}

bool is_number(std::string_view name) {
  return name.find_first_not_of("0123456789") == std::string_view::npos;
}

// Pages of ours name their records and send them side by side: what one links to may still be on its way.
std::optional<Value> stored_link(const Shelf& shelf, const Value& said, bool is_of_page) {
  if (auto id = id_of(shelf, said)) return Value(std::move(*id));
  const auto* name = said.get_ptr<const std::string*>();
  const bool may_come = is_of_page && name != nullptr && !is_number(*name) && model::check_id(*name);
  return may_come ? std::optional(said) : std::nullopt;
}

// As records hold it; nothing when it does not fit the field.
std::optional<Value> stored(const Content& content, const Field& field, const Value& said, bool is_of_page) {
  if (said.is_null()) return said;
  if (field.type != FieldType::link && field.type != FieldType::links)
    return fits(field.type, said) ? std::optional(said) : std::nullopt;
  const Shelf& shelf = *content.find(field.model);
  if (field.type == FieldType::link) return stored_link(shelf, said, is_of_page);
  if (!said.is_array()) return std::nullopt;
  Value ids = Value::array();
  for (const Value& one : said) {
    auto id = stored_link(shelf, one, is_of_page);
    if (!id) return std::nullopt;
    ids.push_back(std::move(*id));
  }
  return ids;
}

// Attributes as a record's data, or what is wrong with them.
base::Result<Value> data_of(const Content& content, const Model& model, const Value& body, bool is_of_page) {
  const auto wrong = [](const std::string& name, std::string_view what) {
    return base::Error{.code = base::Code::invalid, .message = name + ": " + std::string(what)};
  };
  Value data = Value::object();
  const Value* attributes = at(body, {"data", "attributes"});
  if (attributes == nullptr || !attributes->is_object()) return wrong("data.attributes", "give an object");
  for (const auto& [name, said] : attributes->members()) {
    const Field* field = model.find(name);
    if (field == nullptr) return wrong(name, "the model has no such field");
    auto value = stored(content, *field, said, is_of_page);
    if (!value) {
      const bool links = !field->model.empty();
      return wrong(name, links ? "give ids of records of the model " + field->model
                               : "does not fit the type " + std::string(name_of(field->type)));
    }
    data[name] = std::move(*value);
  }
  return data;
}

std::string item_text(const Content& content, std::size_t place, const model::Record& record,
                      bool is_of_page) {
  const Model& model = content.models()[place];
  const Row row = read_row(model, record);
  const Row::Version& version = *row.in(View::newest);
  std::string attributes, meta, type, item;
  ObjectText all(attributes);
  for (std::size_t i = 0; i < model.fields.size(); ++i) {
    const Field& field = model.fields[i];
    const std::string& text = version.texts[i];
    if (!field.model.empty())
      all.raw(field.key, shown_link(content, field, text));
    else
      all.raw(field.key, text.empty() ? "null" : text);
  }
  all.end();
  const auto time = [&](Beside beside) {
    const std::string shown = shown_time(version.keys[subject_of(model, beside)]);
    return shown.empty() ? "null" : shown;
  };
  ObjectText about(meta);
  about.raw("created_at", time(Beside::created))
      .raw("updated_at", time(Beside::updated))
      .raw("published_at", time(Beside::published))
      .raw("first_published_at", time(Beside::first_published))
      .text("status", row.status)
      .flag("is_valid", version.is_valid)
      .text("current_version", base::decimal(record.version));
  if (is_of_page) about.count("version", record.version);
  about.end();
  ObjectText(type).text("type", "item_type").text("id", model.key).end();
  ObjectText(item)
      .text("id", base::decimal(record.num))
      .text("type", "item")
      .raw("attributes", attributes)
      .raw("relationships", R"({"item_type":{"data":)" + type + "}}")
      .raw("meta", meta)
      .end();
  std::string answer;
  ObjectText whole(answer);
  whole.raw("data", item);
  if (is_of_page) whole.raw("record", record_text(content, place, row, version));
  whole.end();
  return answer;
}

}  // namespace

std::string shown_link(const Content& content, const Field& field, const std::string& text) {
  const Shelf& shelf = *content.find(field.model);
  const auto number = [&](const Value& id) -> std::string {
    const auto* name = id.get_ptr<const std::string*>();
    const Row* row = name == nullptr ? nullptr : shelf.find_id(*name);
    return row == nullptr ? "null" : '"' + base::decimal(row->num) + '"';
  };
  const auto led = model::read(text.empty() ? "null" : text);
  if (!led || !led->is_array()) return led ? number(*led) : "null";
  std::string list;
  dialect::append_list(list, *led, [&](const Value& id) { list += number(id); });
  return list;
}

void Items::refuse(const Work& work, Fault fault, std::string_view detail, ServerSteps& out) {
  out.push_back(datocms::refuse(work.carrier, fault, detail));
}

void Items::ask(CarrierId carrier, Request request, ServerSteps& out) {
  Work work{.carrier = carrier, .asked = std::move(request)};
  const Place& place = work.asked.place;
  const bool takes_body = place.kind == Place::Kind::items || work.asked.method == "PUT";
  const bool may_be_empty = place.kind == Place::Kind::publish || place.kind == Place::Kind::unpublish;
  const auto body = model::read(work.asked.body.empty() && may_be_empty ? "{}" : work.asked.body);
  if (takes_body && (!body || !body->is_object()))
    return refuse(work, Fault::not_json, "send a JSON object with the record as its member data", out);
  work.asked.body.clear();
  if (!take_parameters(work, out)) return;
  if (place.kind == Place::Kind::items) return create(std::move(work), *body, out);
  if (!find(work, out)) return;
  if (place.kind == Place::Kind::item && work.asked.method == "PUT")
    return change(std::move(work), *body, out);
  work.act = place.kind == Place::Kind::publish     ? Act::publish
             : place.kind == Place::Kind::unpublish ? Act::withdraw
             : work.asked.method == "DELETE"        ? Act::remove
                                                    : Act::show;
  const Model& model = work.asked.environment->content.models()[work.model];
  if (work.act == Act::withdraw && model.publishes)
    return refuse(work, Fault::invalid_field, "records of this model are published as they are written", out);
  read(std::move(work), out);
}

bool Items::take_parameters(Work& work, ServerSteps& out) {
  const auto wrong = [&](std::string_view what) {
    return refuse(work, Fault::invalid_field, what, out), false;
  };
  if (const auto version = wire::query_value(work.asked.query, "version")) {
    work.fence = base::read_decimal(*version);
    work.is_of_page = true;
    if (!work.fence) return wrong("version: give the number of one");
  }
  if (work.asked.place.kind != Place::Kind::items) return true;
  const auto name = wire::query_value(work.asked.query, "id");
  if (!name) return true;
  work.is_of_page = true;
  // Digits are numbers, which are given here.
  if (is_number(*name)) return wrong("id: give a name that is not all digits");
  work.record.key.id = *name;
  return true;
}

bool Items::find(Work& work, ServerSteps& out) {
  const Environment& environment = *work.asked.environment;
  const auto name = wire::percent_decode(work.asked.place.id);
  auto found = environment.content.find_named(name.value_or(""));
  if (const auto model = wire::query_value(work.asked.query, "model"))
    std::erase_if(found, [&](const auto& one) { return one.first->model().key != *model; });
  if (found.empty()) return refuse(work, Fault::not_found, {}, out), false;
  if (found.size() > 1) {
    constexpr std::string_view what = "records of several models are called so; say which by ?model=";
    return refuse(work, Fault::invalid_field, what, out), false;
  }
  work.model = environment.content.place_of(found.front().first->model().key);
  work.record.key = {.collection = environment.collections[work.model], .id = found.front().second->id};
  return true;
}

void Items::create(Work work, const Value& body, ServerSteps& out) {
  const Environment& environment = *work.asked.environment;
  const Value* type = at(body, {"data", "relationships", "item_type", "data", "id"});
  const auto* name = type == nullptr ? nullptr : type->get_ptr<const std::string*>();
  const Shelf* shelf = name == nullptr ? nullptr : environment.content.find(*name);
  if (shelf == nullptr)
    return refuse(work, Fault::invalid_field, "data.relationships.item_type: there is no such model", out);
  work.act = Act::create;
  work.model = environment.content.place_of(shelf->model().key);
  work.record.key.collection = environment.collections[work.model];
  const std::string& named = work.record.key.id;
  if (!named.empty() && shelf->find_id(named) != nullptr) {
    work.act = Act::show;
    return read(std::move(work), out);
  }
  if (shelf->model().is_single && shelf->size() > 0)
    return refuse(work, Fault::invalid_field, "there is one record of this model at most", out);
  const auto data = data_of(environment.content, shelf->model(), body, work.is_of_page);
  if (!data) return refuse(work, Fault::invalid_field, data.error().message, out);
  model::Mutation mutation{.key = work.record.key,
                           .op = model::Op::put,
                           .data = model::write(*data),
                           .base = 0,
                           .counted = named.empty()};
  write(std::move(work), std::move(mutation), out);
}

void Items::change(Work work, const Value& body, ServerSteps& out) {
  const Content& content = work.asked.environment->content;
  const auto data = data_of(content, content.models()[work.model], body, work.is_of_page);
  if (!data) return refuse(work, Fault::invalid_field, data.error().message, out);
  work.act = Act::change;
  // Member by member: a merge would go into what a json field holds.
  Value patch = Value::array();
  for (const auto& [name, value] : data->members()) {
    Value step = Value::object();
    step["op"] = "add";
    step["path"] = '/' + name;
    step["value"] = value;
    patch.push_back(std::move(step));
  }
  model::Mutation mutation{
      .key = work.record.key, .op = model::Op::patch, .data = model::write(patch), .base = work.fence};
  write(std::move(work), std::move(mutation), out);
}

void Items::read(Work work, ServerSteps& out) {
  // What a token may read is said by its permissions, and what it may write by the space's rights as well.
  const model::Principal own{.system = true, .roles = {}};
  const Ticket ticket = desk_.ask(own, model::Read{.key = work.record.key}, out);
  under_way_.emplace(ticket, std::move(work));
}

void Items::have_read(Instant now, Work work, ServerSteps& out) {
  if (!work.record.exists()) return refuse(work, Fault::not_found, {}, out);
  if (work.act == Act::show) return respond(work, 200, work.record, out);
  if (work.fence && *work.fence != work.record.version) return refuse(work, Fault::outdated, {}, out);
  model::Mutation mutation{
      .key = work.record.key, .op = model::Op::patch, .data = "{}", .base = work.record.version};
  if (work.act == Act::publish) mutation.meta = published_meta(work.record, now);
  if (work.act == Act::withdraw) mutation.meta = withdrawn_meta(work.record);
  if (work.act == Act::remove) {
    mutation.op = model::Op::remove;
    mutation.data.clear();
  }
  write(std::move(work), std::move(mutation), out);
}

void Items::write(Work work, model::Mutation mutation, ServerSteps& out) {
  model::Write write{.owns = true, .tells = true};
  write.groups.push_back({std::move(mutation)});
  const Ticket ticket = desk_.ask(*work.asked.caller.principal, std::move(write), out);
  under_way_.emplace(ticket, std::move(work));
}

void Items::have_written(Work work, model::Written& written, ServerSteps& out) {
  const auto& outcome = written.outcomes.front();
  if (std::holds_alternative<model::Acked>(outcome))
    return respond(work, work.act == Act::create ? 201 : 200,
                   work.act == Act::remove ? work.record : written.made.front(), out);
  if (const auto* declined = std::get_if<model::Declined>(&outcome))
    return out.push_back(datocms::refuse(work.carrier, declined->error));
  // Somebody was faster.
  if (work.act == Act::change && work.fence) {
    const auto* other = std::get_if<model::Conflicted>(&outcome);
    const bool is_gone = other != nullptr && other->data.empty();
    return refuse(work, is_gone ? Fault::not_found : Fault::outdated, {}, out);
  }
  const bool is_named = work.act == Act::create && !work.record.key.id.empty();
  if (is_named) work.act = Act::show;
  const bool reads_again = is_named || (work.act != Act::create && work.act != Act::change);
  if (!reads_again || ++work.tries == tries_max) return refuse(work, Fault::unavailable, {}, out);
  read(std::move(work), out);
}

void Items::respond(const Work& work, int status, const model::Record& record, ServerSteps& out) {
  out.push_back(datocms::answer(
      work.carrier, status,
      dialect::share(item_text(work.asked.environment->content, work.model, record, work.is_of_page))));
}

bool Items::answer(Instant now, Ticket ticket, model::Reply& reply, ServerSteps& out) {
  auto node = under_way_.extract(ticket);
  if (node.empty()) return false;
  Work& work = node.mapped();
  if (auto* found = std::get_if<model::Found>(&reply)) {
    const model::Key key = work.record.key;
    work.record = found->record ? std::move(*found->record) : model::Record{.key = key};
    have_read(now, std::move(work), out);
  } else if (auto* written = std::get_if<model::Written>(&reply)) {
    have_written(std::move(work), *written, out);
  } else if (const auto* failed = std::get_if<model::Failed>(&reply)) {
    out.push_back(datocms::refuse(work.carrier, failed->error));
  }
  return true;
}

}  // namespace rockpool::dialects::datocms
