#include "core/dialects/datocms/local.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "core/base/text.h"
#include "core/dialects/datocms/result.h"

namespace rockpool::dialects::datocms {
namespace {

using base::Error;
using base::Instant;
using graphql::Index;
using graphql::NodeKind;
using model::Value;

constexpr std::array<std::string_view, 3> statuses = {"draft", "updated", "published"};

// Ids that the page made itself stand behind all numbers, in the order of their creation: milliseconds, and
// below them a count of those of one millisecond.
constexpr int own_count_bits = 20;
constexpr std::uint64_t own_count_max = (1ull << own_count_bits) - 1;
constexpr std::uint64_t own_ms_max = (own_first >> own_count_bits) - 1;

std::optional<std::int64_t> time_member(const Value& record, std::string_view name) {
  const std::string* text = model::text_member(record, name);
  return text == nullptr ? std::nullopt : read_time(*text);
}

std::string_view status_of(const Model& model, const Value& record) {
  const std::string* text = model::text_member(record, "_status");
  const auto* held = text == nullptr ? statuses.end() : std::find(statuses.begin(), statuses.end(), *text);
  if (held != statuses.end()) return *held;
  return model.publishes ? statuses.back() : statuses.front();
}

// Which models a document may read. A fragment is gone through where it is written, so that all is one loop.
class Reach {
 public:
  Reach(const Models& models, const Types& types, const graphql::Document& document)
      : models_(models), types_(types), schema_(*types.schema), document_(document) {}

  // By their names.
  std::set<std::string_view> models() {
    const auto nodes = document_.nodes();
    for (Index at = 0; at < nodes.size();) {
      while (!open_.empty() && open_.back().end <= at) open_.pop_back();
      at = step(at);
    }
    return std::move(found_);
  }

 private:
  // What the selections around a node are of.
  struct Open {
    Index end;
    graphql::TypeIndex type;
    const Model* asked = nullptr;  // by the field; null: it is none of the query
  };

  // Where to go on.
  Index step(Index at) {
    const graphql::Node& node = document_[at];
    switch (node.kind) {
      case NodeKind::fragment:
      case NodeKind::inline_fragment: open_.push_back({node.end, condition(at)}); break;
      case NodeKind::field: field(at); break;
      case NodeKind::argument:
        if (open_.back().asked != nullptr && node.name == "filter") filter(at, *open_.back().asked);
        return node.end;
      case NodeKind::variable_definition:
      case NodeKind::spread:
      case NodeKind::directive: return node.end;
      default:
        if (node.is_operation()) open_.push_back({node.end, schema_.query()});
    }
    return at + 1;
  }

  graphql::TypeIndex condition(Index at) const {
    const bool has_one = document_[at + 1].kind == NodeKind::named_type;
    return has_one ? schema_.find(document_[at + 1].name) : open_.back().type;
  }

  const Model* model_of(graphql::TypeIndex type) const {
    const auto held = std::find(types_.records.begin(), types_.records.end(), type);
    return held == types_.records.end() ? nullptr : &models_[schema_.type(type).tag];
  }

  void field(Index at) {
    const graphql::Node& node = document_[at];
    const graphql::TypeIndex parent = open_.back().type;
    const graphql::Field* field = schema_.field(parent, node.name);
    Open open{.end = node.end, .type = field->type.named};
    if (node.name.starts_with("__")) {
      // Of introspection.
    } else if (parent == schema_.query() && !models_.empty()) {
      open.asked = &models_[field->tag / asks];
      found_.insert(open.asked->key);
    } else if (const Model* model = model_of(parent)) {
      link(*model, field->tag);
    }
    open_.push_back(open);
  }

  void link(const Model& model, std::uint32_t tag) {
    if (tag < model.fields.size() && !model.fields[tag].model.empty()) found_.insert(model.fields[tag].model);
  }

  // Records that links lead to are looked for by their ids.
  void filter(Index argument, const Model& model) {
    const graphql::Type& type = schema_.type(schema_.find(model.type));
    for (Index at = argument + 1; at < document_[argument].end; ++at) {
      const graphql::Node& node = document_[at];
      if (node.kind == NodeKind::variable)
        for (std::uint32_t tag = 0; tag < model.fields.size(); ++tag) link(model, tag);
      if (node.kind != NodeKind::object_field) continue;
      if (const graphql::Field* field = type.field(node.name)) link(model, field->tag);
    }
  }

  const Models& models_;
  const Types& types_;
  const graphql::Schema& schema_;
  const graphql::Document& document_;
  std::vector<Open> open_;
  std::set<std::string_view> found_;
};

}  // namespace

Local::Local(Models models, Types types)
    : content_(std::move(models), Called::by_id), types_(std::move(types)) {}

base::Result<std::unique_ptr<Local>> Local::make(std::string_view text) {
  const auto value = model::read(text);
  if (!value) return Error{.code = base::Code::usage, .message = "models: " + value.error().message};
  auto models = read_models(*value);
  if (!models) return models.error();
  auto types = make_types(*models);
  if (!types) return types.error();
  return std::unique_ptr<Local>(new Local(std::move(*models), std::move(*types)));
}

base::Status Local::put(std::string_view model, std::string_view text, Instant now) {
  const Shelf* held = content_.find(model);
  if (held == nullptr)
    return Error{.code = base::Code::usage, .message = "there is no model " + std::string(model)};
  const auto record = model::read(text);
  const std::string* id = record ? model::text_member(*record, "id") : nullptr;
  if (id == nullptr || id->empty())
    return Error{.code = base::Code::invalid,
                 .message = "a record of " + std::string(model) + ": " +
                            (record ? "its id is no text" : record.error().message)};
  const std::size_t place = content_.place_of(model);
  content_.shelf(place).put(row_of(place, *id, *record, now));
  return base::Nothing{};
}

Row Local::row_of(std::size_t place, const std::string& id, const Value& record, Instant now) {
  const Shelf& shelf = content_.shelf(place);
  const Model& model = shelf.model();
  const Row* before = shelf.find_id(id);
  Stamps stamps{.status = status_of(model, record),
                .created_ms = now.ms,
                .updated_ms = time_member(record, "_updatedAt").value_or(now.ms),
                .published_ms = time_member(record, "_publishedAt"),
                .first_published_ms = time_member(record, "_firstPublishedAt")};
  if (const auto created = time_member(record, "_createdAt"))
    stamps.created_ms = *created;
  else if (before != nullptr)
    stamps.created_ms = time_of(before->in(View::newest)->keys[subject_of(model, Beside::created)]);
  // What such a model's records are written, they are published.
  if (model.publishes && !stamps.published_ms) stamps.published_ms = stamps.updated_ms;
  if (model.publishes && !stamps.first_published_ms) stamps.first_published_ms = stamps.created_ms;
  // What was made here has a number of its own until the server's is known.
  const std::string* remote = model::text_member(record, "_id");
  const auto number = base::read_decimal(remote != nullptr ? *remote : id);
  if (number && *number < own_first)
    stamps.num = *number;
  else
    stamps.num = before != nullptr ? before->num : own_number(shelf, {stamps.created_ms});
  if (before != nullptr && before->num != stamps.num) content_.shelf(place).remove(before->num, ++version_);

  Row row{.id = id, .num = stamps.num, .version = ++version_, .status = stamps.status};
  Row::Version version = read_version(model, record, stamps);
  version.is_valid = model::bool_member(record, "_isValid").value_or(version.is_valid);
  row.versions[static_cast<std::size_t>(View::newest)] =
      std::make_shared<const Row::Version>(std::move(version));
  return row;
}

std::uint64_t Local::own_number(const Shelf& shelf, Instant created) {
  const auto ms = std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(created.ms, 0)), own_ms_max);
  std::uint64_t made = own_first | ms << own_count_bits | (own_ids_++ & own_count_max);
  while (shelf.find(made) != nullptr) ++made;
  return made;
}

void Local::remove(std::string_view model, std::string_view id) {
  const Shelf* held = content_.find(model);
  const Row* row = held == nullptr ? nullptr : held->find_id(id);
  if (row != nullptr) content_.shelf(content_.place_of(model)).remove(row->num, ++version_);
}

std::string Local::models_of(std::string_view query) const {
  graphql::Document document;
  if (auto error = graphql::parse(query, document)) return errors_text({std::move(*error)});
  const auto errors = graphql::validate(*types_.schema, document);
  if (!errors.empty()) return errors_text(errors);
  std::string text = R"({"models":[)";
  for (const std::string_view model : Reach(content_.models(), types_, document).models()) {
    if (text.back() != '[') text += ',';
    model::append_quoted(text, model);
  }
  return text += "]}";
}

std::string Local::ask(const graphql::RequestText& request) {
  return answer_to(request, content_, types_, {.view = View::newest});
}

}  // namespace rockpool::dialects::datocms
