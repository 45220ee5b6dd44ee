#include "core/dialects/baserow/cells.h"

#include <gtest/gtest.h>

namespace rockpool::dialects::baserow {
namespace {

Column column(FieldType type, FieldTerms terms = {}) {
  Column made{.field = std::make_shared<Field>(Field{.id = 9, .table = 1, .name = "A", .key = "a"}),
              .type = type,
              .terms = std::move(terms),
              .options = {}};
  if (!has_options(type)) return made;
  made.options[1] =
      std::make_shared<Option>(Option{.id = 1, .field = 9, .value = "red", .color = "light-red"});
  made.options[2] = std::make_shared<Option>(Option{.id = 2, .field = 9, .value = "blue", .color = "blue"});
  return made;
}

// What is kept of it, or what is wrong with it.
std::string kept(const Column& column, const std::string& given) {
  const auto cell = read_cell(column, *model::read(given));
  const auto* fault = std::get_if<CellFault>(&cell);
  return fault == nullptr ? model::write(std::get<model::Value>(cell)) : fault->code + ": " + fault->error;
}

std::string shown(const Column& column, const std::string& stored) {
  const auto value = model::read(stored);
  const model::Record row{
      .key = {}, .num = 7, .created = {1'700'000'000'123}, .updated = {1'700'000'001'000}};
  std::string text;
  append_cell(text, column, row, stored.empty() ? nullptr : &*value);
  return text;
}

const std::string bad_date = "invalid: Date has wrong format. Use one of these formats instead: YYYY-MM-DD.";
const std::string bad_time =
    "invalid: Datetime has wrong format. Use one of these formats instead: "
    "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";

TEST(Cells, of_texts_are_texts) {
  for (const FieldType type : {FieldType::text, FieldType::long_text}) {
    EXPECT_EQ(kept(column(type), R"("bolt")"), R"("bolt")");
    EXPECT_EQ(kept(column(type), "7"), R"("7")");
    EXPECT_EQ(kept(column(type), "null"), "null");
    EXPECT_EQ(kept(column(type), "true"), "invalid: Not a valid string.");
    EXPECT_EQ(kept(column(type), "[]"), "invalid: Not a valid string.");
    EXPECT_EQ(shown(column(type), R"("bolt")"), R"("bolt")");
    EXPECT_EQ(shown(column(type), ""), "null") << "never set";
    EXPECT_EQ(shown(column(type), "7"), "null") << "does not suit it";
  }
}

TEST(Cells, of_numbers_keep_to_their_places_and_sign) {
  const Column whole = column(FieldType::number);
  EXPECT_EQ(kept(whole, "7"), "7");
  EXPECT_EQ(kept(whole, R"("12")"), "12");
  EXPECT_EQ(kept(whole, "7.5"), "max_decimal_places: Ensure that there are no more than 0 decimal places.");
  EXPECT_EQ(kept(whole, "-1"), "min_value: Ensure this value is greater than or equal to 0.");
  for (const char* given : {R"("x")", R"("")", "true", "{}"})
    EXPECT_EQ(kept(whole, given), "invalid: A valid number is required.") << given;
  EXPECT_EQ(kept(whole, '"' + std::string(51, '9') + '"'),
            "max_whole_digits: Ensure that there are no more than 50 digits before the decimal point.");
  const Column fine = column(FieldType::number, {.places = 2, .may_be_negative = true});
  EXPECT_EQ(kept(fine, R"("-3.50")"), "-3.5");
  EXPECT_EQ(kept(fine, "null"), "null");
  EXPECT_EQ(kept(fine, R"("90071992547409931.25")"), R"("90071992547409931.25")") << "no double is that";
  EXPECT_EQ(shown(fine, "-3.5"), R"("-3.50")");
  EXPECT_EQ(shown(fine, R"("90071992547409931.25")"), R"("90071992547409931.25")");
  EXPECT_EQ(shown(fine, R"("x")"), "null");
  EXPECT_EQ(shown(fine, ""), "null");
  EXPECT_EQ(shown(whole, "-3"), "null") << "it is not to be negative any more";
}

TEST(Cells, of_booleans_are_always_one) {
  const Column flag = column(FieldType::boolean);
  EXPECT_EQ(kept(flag, "true"), "true");
  EXPECT_EQ(kept(flag, R"("false")"), "false");
  EXPECT_EQ(kept(flag, "1"), "true");
  EXPECT_EQ(kept(flag, "null"), "null: This field may not be null.");
  EXPECT_EQ(kept(flag, R"("maybe")"), "invalid: Must be a valid boolean.");
  EXPECT_EQ(shown(flag, "true"), "true");
  EXPECT_EQ(shown(flag, ""), "false");
  EXPECT_EQ(shown(flag, "7"), "false");
}

TEST(Cells, of_dates_are_days_or_moments) {
  const Column day = column(FieldType::date);
  EXPECT_EQ(kept(day, R"("2023-04-01")"), R"("2023-04-01")");
  for (const char* given :
       {R"("2023-02-30")", R"("2023-4-1")", R"("01/04/2023")", "7", R"("")", R"("2023-04-01T10:00:00Z")"})
    EXPECT_EQ(kept(day, given), bad_date) << given;
  const Column moment = column(FieldType::date, {.has_time = true});
  EXPECT_EQ(kept(moment, R"("2023-04-01T12:00:00+02:00")"), R"("2023-04-01T10:00:00Z")");
  EXPECT_EQ(kept(moment, R"("2023-04-01T10:00")"), R"("2023-04-01T10:00:00Z")");
  EXPECT_EQ(kept(moment, R"("2023-04-01 10:00:00.25Z")"), R"("2023-04-01T10:00:00.250000Z")");
  for (const char* given : {R"("2023-04-01T25:00:00Z")", R"("2023-04-01")", R"("x")", "7"})
    EXPECT_EQ(kept(moment, given), bad_time) << given;
  EXPECT_EQ(shown(day, R"("2023-04-01T10:00:00Z")"), R"("2023-04-01")");
  EXPECT_EQ(shown(moment, R"("2023-04-01")"), R"("2023-04-01T00:00:00Z")");
  EXPECT_EQ(shown(day, R"("soon")"), "null");
}

TEST(Cells, of_addresses_are_such_or_empty) {
  EXPECT_EQ(kept(column(FieldType::url), R"("https://a.test/x?y#z")"), R"("https://a.test/x?y#z")");
  for (const char* given : {R"("a.test")", R"("javascript:x")", R"("https://")", R"("https://a b")"})
    EXPECT_EQ(kept(column(FieldType::url), given), "invalid: Enter a valid URL.") << given;
  EXPECT_EQ(kept(column(FieldType::email), R"("ada@x.test")"), R"("ada@x.test")");
  EXPECT_EQ(kept(column(FieldType::email), R"("ada")"), "invalid: Enter a valid email address.");
  EXPECT_EQ(kept(column(FieldType::phone_number), R"("+1 (23) 45-6")"), R"("+1 (23) 45-6")");
  EXPECT_EQ(kept(column(FieldType::phone_number), R"("call me")"), "invalid: Enter a valid value.");
  for (const FieldType type : {FieldType::url, FieldType::email, FieldType::phone_number}) {
    EXPECT_EQ(kept(column(type), R"("")"), R"("")");
    EXPECT_EQ(shown(column(type), ""), R"("")");
    EXPECT_EQ(shown(column(type), R"("an é")"), "null");
  }
}

TEST(Cells, of_selects_name_options_by_id_or_text) {
  const Column one = column(FieldType::single_select);
  EXPECT_EQ(kept(one, "2"), "2");
  EXPECT_EQ(kept(one, R"("red")"), "1");
  EXPECT_EQ(kept(one, R"({"id":1,"value":"red","color":"light-red"})"), "1");
  EXPECT_EQ(kept(one, "null"), "null");
  EXPECT_EQ(kept(one, "3"), "does_not_exist: The provided value 3 is not a valid select option.");
  EXPECT_EQ(shown(one, "1"), R"({"id":1,"value":"red","color":"light-red"})");
  EXPECT_EQ(shown(one, "3"), "null") << "an option that is gone";
  const Column many = column(FieldType::multiple_select);
  EXPECT_EQ(kept(many, R"([2,"red",2])"), "[2,1]");
  EXPECT_EQ(kept(many, "null"), "[]");
  EXPECT_EQ(kept(many, "1"), "not_a_list: Expected a list of items.");
  EXPECT_EQ(kept(many, "[3]"), "does_not_exist: The provided value 3 is not a valid select option.");
  EXPECT_EQ(shown(many, "[2,3]"), R"([{"id":2,"value":"blue","color":"blue"}])");
  EXPECT_EQ(shown(many, ""), "[]");
}

TEST(Cells, of_times_are_those_of_the_record) {
  EXPECT_EQ(shown(column(FieldType::created_on), ""), R"("2023-11-14")");
  EXPECT_EQ(shown(column(FieldType::created_on, {.has_time = true}), ""), R"("2023-11-14T22:13:20.123000Z")");
  EXPECT_EQ(shown(column(FieldType::last_modified, {.has_time = true}), ""),
            R"("2023-11-14T22:13:21.000000Z")");
}

TEST(Cells, of_a_record_that_is_no_object_are_empty) {
  const Columns columns = {column(FieldType::text)};
  const model::Record row{.key = {}, .num = 7, .data = "[1]", .meta = R"({"order":"1.5"})"};
  EXPECT_EQ(shown_row(columns, row), R"({"id":7,"order":"1.50000000000000000000","field_9":null})");
  EXPECT_EQ(shown_row(columns, row, Named::by_name), R"({"id":7,"order":"1.50000000000000000000","A":null})");
}

}  // namespace
}  // namespace rockpool::dialects::baserow
