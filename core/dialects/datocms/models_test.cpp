#include "core/dialects/datocms/models.h"

#include <gtest/gtest.h>

#include "core/dialects/datocms/settings.h"

namespace rockpool::dialects::datocms {
namespace {

std::string mistake_in(const std::string& models) {
  const auto value = model::read(models);
  const auto read = read_models(*value);
  return read ? "none" : read.error().message;
}

TEST(DatocmsModels, are_named_in_camel_case) {
  EXPECT_EQ(camel("blog_post"), "blogPost");
  EXPECT_EQ(camel("blog_post", true), "BlogPost");
  EXPECT_EQ(plural("Post"), "Posts");
  EXPECT_EQ(plural("Category"), "Categories");
  EXPECT_EQ(plural("Day"), "Days");
  EXPECT_EQ(plural("Box"), "Boxes");
  EXPECT_EQ(plural("Bus"), "Buses");
  EXPECT_EQ(plural("Church"), "Churches");
  const auto models = read_models(*model::read(
      R"({"blog_post":{"fields":{"published_on":"date","author":{"type":"link","model":"person"}}},
          "person":{"plural":"people","fields":{}}})"));
  ASSERT_TRUE(models.ok());
  EXPECT_EQ((*models)[0].all, "allBlogPosts");
  EXPECT_EQ((*models)[0].type, "BlogPostRecord");
  EXPECT_EQ((*models)[0].fields[0].name, "publishedOn");
  EXPECT_EQ((*models)[0].filter_type(), "BlogPostModelFilter");
  EXPECT_EQ((*models)[1].all, "allPeople");
}

TEST(DatocmsModels, are_refused_with_the_place_of_what_is_wrong) {
  EXPECT_EQ(mistake_in("[]"), "models: give an object with a member for each model");
  EXPECT_NE(mistake_in(R"({"Blog":{}})").find("models.Blog: "), std::string::npos);
  EXPECT_NE(mistake_in(R"({"a__b":{}})").find("models.a__b: "), std::string::npos);
  EXPECT_NE(mistake_in(R"({"a":{"fields":{"x":"number"}}})").find("models.a.fields.x: has no type"),
            std::string::npos);
  EXPECT_NE(mistake_in(R"({"a":{"fields":{"id":"string"}}})").find("and not id"), std::string::npos);
  EXPECT_NE(mistake_in(R"({"a":{"fields":{"x":"link"}}})").find("give the model"), std::string::npos);
  EXPECT_NE(mistake_in(R"({"a":{"fields":{"x":{"type":"string","model":"a"}}}})").find("only links"),
            std::string::npos);
  EXPECT_EQ(mistake_in(R"({"a":{"fields":{"x":{"type":"link","model":"b"}}}})"),
            "models.a.fields.x: there is no model b");
  EXPECT_NE(mistake_in(R"({"a":{"more":1}})").find("models.a.more: is not known"), std::string::npos);
  EXPECT_NE(mistake_in(R"({"a":{"plural":"b"},"b":{"plural":"b"}})").find("allB"), std::string::npos);
}

TEST(DatocmsModels, are_the_same_after_they_were_written) {
  const auto models = read_models(*model::read(
      R"({"a":{"plural":"many_of_a","autoPublish":true,
               "fields":{"x":{"type":"links","model":"a","required":true}}},
          "home":{"singleInstance":true,"fields":{"title":"string"}}})"));
  ASSERT_TRUE(models.ok());
  for (const Model& model : *models) EXPECT_EQ(*read_model(model.key, written(model)), model);
}

TEST(DatocmsModels, say_what_every_dialect_has_to_keep_to) {
  const auto models = read_models(*model::read(
      R"({"a":{"fields":{"x":"string","n":"integer","f":"float","d":"date_time","j":"json",
                         "c":"color","g":"geo","l":{"type":"links","model":"a"}}}})"));
  EXPECT_EQ(model::write(neutral_fields(models->front())),
            R"([{"key":"x","type":"text"},{"key":"n","type":"integer"},{"key":"f","type":"number"},)"
            R"({"key":"d","type":"date"},{"key":"l","type":"texts"}])");
}

TEST(DatocmsSettings, name_the_place_of_a_mistake_and_no_token) {
  const auto mistake = [](const std::string& text) {
    const auto read = read_settings(text);
    return read ? "none" : read.error().message;
  };
  EXPECT_EQ(mistake("{}"), "none");
  EXPECT_EQ(mistake(R"({"tokens":[{"token":"hush","permissions":["read"]}]})"), "none");
  EXPECT_EQ(mistake(R"({"tokens":[{"token":"hush","permissions":["all"]}]})"),
            "tokens.0.permissions: there are read, drafts and write");
  EXPECT_EQ(mistake(R"({"tokens":[{"permissions":["read"]}]})"), "tokens.0.token: is missing");
  EXPECT_EQ(mistake(R"({"tokens":[{"token":"hush","environments":["x"]}]})"),
            "tokens.0.environments: there is no environment x");
  EXPECT_EQ(mistake(R"({"channelsPerCaller":0})"), "channelsPerCaller: give a number from 1 to 1000000");
  EXPECT_EQ(mistake(R"({"liveBytes":"1"})"), "liveBytes: give a number from 1 to 1099511627776");
  EXPECT_EQ(mistake(R"({"channelsMax":1,"channelsPerCaller":1,"liveBytes":1})"), "none");
  EXPECT_EQ(mistake(R"({"environments":[]})"), "environments: give one name at least");
  EXPECT_EQ(mistake(R"({"environments":["a","a"]})"), "environments: are named once each");
  EXPECT_EQ(mistake(R"({"environments":["A b"]})"), "environments: are named by small letters, digits and -");
  EXPECT_EQ(mistake(R"({"channelsMax":0})"), "channelsMax: give a number from 1 to 1000000");
  EXPECT_NE(mistake(R"({"token":"hush"})").find("token: is not known"), std::string::npos);
}

}  // namespace
}  // namespace rockpool::dialects::datocms
