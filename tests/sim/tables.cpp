#include "tests/sim/tables.h"

#include "core/dialects/baserow/cells.h"
#include "core/gateway/secrets_test.h"

namespace rockpool::sim {
namespace {

using baserow::FieldType;
using baserow::Kind;
using model::Value;

constexpr base::Instant set_up_at{1'750'000'000'000};

baserow::FieldTerms terms_of(FieldType type, std::string_view preset) {
  baserow::FieldTerms terms;
  terms.text_default = preset;
  terms.places = 2;
  terms.may_be_negative = true;
  terms.has_time = type != FieldType::date;
  return terms;
}

// Of a number with a point: 1.50 is 1.5.
std::string shortest(std::string digits) {
  while (digits.ends_with('0')) digits.pop_back();
  if (digits.ends_with('.')) digits.pop_back();
  return digits;
}

// Adds fields to a table that is being made.
class Maker {
 public:
  Maker(baserow::Plan& plan, baserow::Id table) : plan_(plan), table_(table) {}

  baserow::Id add(const std::string& name, FieldType type, std::string_view preset = "") {
    const baserow::Id id = plan_.next_id(Kind::field);
    plan_.put(baserow::Field{.id = id,
                             .table = table_,
                             .name = name,
                             .key = name,
                             .type = std::string(baserow::field_type_names[static_cast<std::size_t>(type)]),
                             .order = count_,
                             .is_primary = count_ == 0,
                             .options = stored_terms(type, terms_of(type, preset))});
    ++count_;
    return id;
  }

 private:
  baserow::Plan& plan_;
  baserow::Id table_;
  std::uint64_t count_ = 0;
};

}  // namespace

std::string own_field(std::size_t client, std::size_t store) {
  return "s" + std::to_string(client) + "_" + std::to_string(store);
}

std::string email_of(int client) { return "page" + std::to_string(client) + "@sim.example"; }

Tables::Tables(const Scenario& scenario) : desk_{{}, {}, base::Prng(scenario.seed)} {
  baserow::Plan group(books_, set_up_at);
  make_group(group, scenario);
  happen(group.take());
  for (const CollectionPlan& one : scenario.collections) {
    baserow::Plan table(books_, set_up_at);
    make_table(table, one.name, scenario);
    happen(table.take());
    columns_[one.name] = columns_of(books_, books_.tables_over(one.name).front()->id);
  }
}

// A user for each client, all in one group.
void Tables::make_group(baserow::Plan& plan, const Scenario& scenario) {
  const baserow::Id group = plan.next_id(Kind::group);
  plan.put(baserow::Group{.id = group, .name = "sim", .created_ms = set_up_at.ms});
  for (std::size_t i = 0; i < scenario.clients.size(); ++i) {
    const std::string email = email_of(static_cast<int>(i));
    const baserow::Id user = plan.next_id(Kind::user);
    plan.put(baserow::User{.id = user,
                           .email = email,
                           .name = email,
                           .password = gateway::open_hash("good-" + email),
                           .created_ms = set_up_at.ms});
    plan.put_email(email, user);
    plan.put(baserow::Member{.id = plan.next_id(Kind::member),
                             .group = group,
                             .user = user,
                             .is_admin = i == 0,
                             .order = 1,
                             .created_ms = set_up_at.ms});
  }
  database_ = plan.next_id(Kind::application);
  plan.put(baserow::Application{.id = database_, .group = group, .name = "Sim", .order = 1});
}

void Tables::make_table(baserow::Plan& plan, const std::string& collection, const Scenario& scenario) {
  const baserow::Id table = plan.next_id(Kind::table);
  plan.put(baserow::Table{
      .id = table, .application = database_, .name = collection, .order = table, .collection = collection});
  Maker maker(plan, table);
  maker.add("t", FieldType::text);
  maker.add("a", FieldType::long_text);
  maker.add("b", FieldType::boolean);
  maker.add("n", FieldType::number);
  maker.add("d", FieldType::date);
  maker.add("e", FieldType::text, "preset");
  maker.add("made", FieldType::created_on);
  maker.add("touched", FieldType::last_modified);
  const baserow::Id pick = maker.add("pick", FieldType::single_select);
  std::uint64_t order = 0;
  for (const std::string_view text : picks)
    plan.put(baserow::Option{.id = plan.next_id(Kind::option),
                             .field = pick,
                             .value = std::string(text),
                             .color = "blue",
                             .order = ++order});
  for (std::size_t client = 0; client < scenario.clients.size(); ++client) {
    if (scenario.clients[client].dialect != Dialect::baserow) continue;
    for (std::size_t store = 1; store <= own_fields; ++store)
      maker.add(own_field(client, store), FieldType::text);
  }
}

// As if the log had told of it.
void Tables::happen(const model::Group& group) {
  std::map<std::string, model::Changed> told;
  for (const model::Mutation& mutation : group) {
    records_[mutation.key] = mutation.data;
    model::Change change;
    change.record = {.key = mutation.key, .version = ++versions_};
    change.record.data = mutation.data;
    told[mutation.key.collection].changes.push_back(std::move(change));
  }
  dialect::ServerDialect::Notices notices;
  for (auto& [collection, changed] : told)
    notices.emplace_back(model::Topic{.space = "default", .name = collection}, std::move(changed));
  books_.watch(notices);
}

const std::string& Tables::shown(const model::Record& record) const {
  Shown& held = shown_[record.key];
  if (held.of == record) return held.text;
  const auto& columns = columns_.at(record.key.collection);
  const Value row = model::read(baserow::shown_row(columns, record, baserow::Named::by_name)).value();
  Value shown = Value::object();
  for (const auto& [name, value] : row.members()) {
    if (name == "order")
      shown[name] = model::read(shortest(*value.get_ptr<const std::string*>())).value();
    else if (name != "id")
      shown[name] = value;
  }
  held = {record, model::write(shown)};
  return held.text;
}

}  // namespace rockpool::sim
