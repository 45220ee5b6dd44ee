// The rules, sharing what each of them finds out. Private to the module.
#pragma once

#include <map>
#include <set>

#include "core/graphql/validate.h"
#include "core/graphql/values.h"

namespace rockpool::graphql {

class Validator {
 public:
  Validator(const Schema& schema, const Document& document, const ValidateLimits& limits)
      : schema_(schema), document_(document), limits_(limits), infos_(document.nodes().size()) {}

  std::vector<Error> run();

 private:
  // What is known of a node once the walk has passed it.
  struct Info {
    Index parent = no_index;
    TypeIndex type = no_type;                       // whose fields are selected inside
    const Field* field = nullptr;                   // of a field
    const std::vector<Input>* arguments = nullptr;  // that a field or a directive takes
    TypeUse input;                                  // of the values inside; of an object itself
    bool has_default = false;                       // the argument or field that a value is given to
  };
  struct Variable {
    Index node = no_index;
    TypeUse type;      // of the place where it stands
    bool has_default;  // of that place
  };
  // An operation or a fragment, with what is found inside of it.
  struct Definition {
    Index node = no_index;
    std::vector<Variable> variables;
    std::vector<Index> spreads;
    // Of a fragment:
    enum class Visit : std::uint8_t { unseen, open, done } visit = Visit::unseen;
    bool used = false;
    std::size_t seen_by = 0;  // the last operation that reached it, counted from 1
  };
  struct Declared {
    Index node = no_index;
    TypeUse type;
    bool has_default = false;  // one that is not null
    bool used = false;
  };
  struct Selected {
    Index node;        // a field
    TypeIndex parent;  // in which it is selected
  };
  // Fields whose selections would be put together. `same`: they have to be the same fields; else only the
  // shapes of what they answer have to agree.
  struct Merge {
    std::vector<Index> fields;
    bool same = false;
  };
  // Of selections with everything spread inside of them.
  struct Measure {
    std::size_t fields = 0;
    std::size_t depth = 0;
    std::size_t meta_lists = 0;  // lists of introspection in each other
  };

  const Node& node(Index index) const { return document_[index]; }
  Info& info_of_parent(Index index) { return infos_[infos_[index].parent]; }
  void add(Index at, std::string_view code, std::string message);
  void add(Index at, std::string_view code, std::initializer_list<std::string_view> parts);
  std::vector<std::string> fields_of(Index index) const;
  bool spend(std::size_t steps);
  void check_unique(Index of, NodeKind kind, std::string_view what, std::string_view code);

  void definitions();
  void walk();
  void visit(Index index);
  void visit_operation(Index index);
  void visit_fragment(Index index);
  void visit_inline_fragment(Index index);
  void visit_spread(Index index);
  void visit_field(Index index);
  void visit_selections(Index index, const Type& type);
  void visit_directive(Index index);
  void visit_argument(Index index);
  void visit_variable_definition(Index index);
  void visit_named_type(Index index);
  void visit_value(Index index);
  void visit_list(Index index, const TypeUse& expected);
  void visit_object(Index index, const TypeUse& expected);
  void visit_object_field(Index index);
  void wrong_value(Index index, const TypeUse& expected);
  void check_required(Index index, const std::vector<Input>& defined);
  TypeIndex condition_of(Index index);
  void check_overlap(Index index, TypeIndex condition);

  void fragments();
  void find_cycles(std::size_t first);
  bool enter(std::vector<std::size_t>& path, std::size_t definition);
  void measure();
  Measure measure(const Definition& definition);
  void measure_node(Index index);
  std::size_t fragment_of(Index spread) const;

  void variables();
  void variables_of(std::size_t operation);
  void declare(Index operation, std::map<std::string_view, Declared>& declared);
  bool use(const Definition& where, std::map<std::string_view, Declared>& declared, Index operation);
  bool is_allowed(const Declared& declared, const Variable& variable) const;

  void merges();
  void merge(Merge&& merge);
  std::vector<Selected> collect(const std::vector<Index>& parents);
  void collect_one(Index parent, std::vector<Selected>& into, std::set<Index>& seen);
  void merge_group(std::span<const Selected> group, bool same);
  bool shapes_agree(std::span<const Selected> group);
  bool fields_agree(const std::vector<Index>& group);
  std::string arguments_text(Index field) const;
  std::string value_text(Index value) const;
  void count_aliases(std::span<const Selected> selected);

  const Schema& schema_;
  const Document& document_;
  const ValidateLimits& limits_;
  std::vector<Info> infos_;
  std::vector<Definition> definitions_;
  std::map<std::string_view, std::size_t> fragments_;  // indexes into definitions_
  std::vector<std::size_t> order_;                     // of fragments, those that others spread first
  std::vector<Measure> measures_;                      // of nodes
  std::vector<Measure> fragment_measures_;
  std::vector<Index> open_;
  std::vector<Merge> merges_;
  std::vector<Error> errors_;
  std::size_t steps_ = 0;
  bool cyclic_ = false;
};

}  // namespace rockpool::graphql
