#include "core/schema/formats.h"

#include <gtest/gtest.h>

namespace rockpool::schema {
namespace {

void expect(Format format, const std::vector<std::string_view>& good,
            const std::vector<std::string_view>& bad) {
  for (const auto text : good) EXPECT_TRUE(is_of(format, text)) << text;
  for (const auto text : bad) EXPECT_FALSE(is_of(format, text)) << text;
}

TEST(Formats, have_the_names_of_json_schema) {
  for (const std::string_view name : {"date-time", "date", "email", "uri", "uuid"}) {
    const auto format = format_of(name);
    ASSERT_TRUE(format.has_value()) << name;
    EXPECT_EQ(name_of(*format), name);
  }
  EXPECT_FALSE(format_of("ipv4").has_value());
}

TEST(Formats, dates_are_days_of_the_calendar) {
  expect(Format::date, {"1963-06-19", "2020-02-29", "2000-02-29", "0001-01-01"},
         {"", "2021-02-29", "1900-02-29", "2020-13-01", "2020-00-10", "2020-01-00", "2020-04-31",
          "06/19/1963", "1963-6-19", "1963-06-1৪", "1963-06-19 ", "+963-06-19"});
}

TEST(Formats, times_are_those_of_rfc_3339) {
  expect(Format::date_time,
         {"1963-06-19T08:30:06.283185Z", "1963-06-19T08:30:06Z", "1937-01-01T12:00:27.87+00:20",
          "1990-12-31T15:59:50.123-08:00", "1998-12-31T23:59:60Z", "1998-12-31T15:59:60.123-08:00",
          "1963-06-19t08:30:06.283185z"},
         {"", "1998-12-31T23:59:61Z", "1998-12-31T23:58:60Z", "1998-12-31T22:59:60Z", "1990-02-31T15:59:59Z",
          "1990-12-31T15:59:59-24:00", "1990-12-31T24:00:00Z", "1963-06-19T08:30:06.28123+01:00Z",
          "06/19/1963 08:30:06 PST", "2013-350T01:01:01", "1963-6-19T08:30:06.2Z", "1963-06-19T08:30:06",
          "1963-06-19 08:30:06Z", "1963-06-19T08:30:06.Z", "1963-06-19T08:30Z", "1963-06-19T08:30:06+1:00"});
}

TEST(Formats, addresses_have_a_local_part_and_a_host) {
  expect(
      Format::email,
      {"joe.bloggs@example.com", "te~st@example.com", "~test@example.com", "a@b",
       "\"joe bloggs\"@example.com", "\"joe..bloggs\"@example.com", "\"joe@bloggs\"@example.com",
       "o'neil+tag@sub.example-host.com"},
      {"", "2962", ".test@example.com", "test.@example.com", "te..st@example.com", "@example.com", "joe@",
       "joe bloggs@example.com", "joe@invalid=domain.com", "joe@-a.com", "joe@a-.com", "joe@a..com",
       "joe@[127.0.0.1]", "\"joe\\\"@example.com", "\"@example.com", "joe@exa mple.com", "jöe@example.com"});
}

TEST(Formats, uris_have_a_scheme) {
  expect(Format::uri,
         {"http://foo.bar/?baz=qux#quux", "http://foo.com/blah_(wikipedia)_blah#cite-1",
          "http://-.~_!$&'()*+,;=:%40:80%2f::::::@example.com", "http://223.255.255.254",
          "ftp://ftp.is.co.za/rfc/rfc1808.txt", "ldap://[2001:db8::7]/c=GB?objectClass?one",
          "mailto:John.Doe@example.com", "news:comp.infosystems", "tel:+1-816-555-1212",
          "urn:oasis:names:specification:docbook:dtd:xml:4.1.2", "http://a:8080/x", "https://[::1]:8443/"},
         {"",
          "//foo.bar/?baz=qux#quux",
          "/abc",
          "\\\\WINDOWS\\fileshare",
          "abc",
          "http:// shouldfail.com",
          ":// should fail",
          "bar,baz://foo",
          "1http://a",
          "http://a/%zz",
          "http://a/%4",
          "http://a/b c",
          "http://a/<b>",
          "http://a/ü",
          "http://a:port/",
          "http://[::1",
          "http://[abc]/",
          "http://a#b#c",
          "http://a/{x}",
          "http://a/\"x\"",
          "http://a/[x]"});
}

TEST(Formats, uuids_are_of_any_version_and_case) {
  expect(Format::uuid,
         {"2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2EB8AA08-AA98-11EA-B4AA-73B441D16380",
          "00000000-0000-0000-0000-000000000000", "018f3c6e-7c1a-7000-8000-1234567890ab"},
         {"", "2eb8aa08-aa98-11ea-b4aa-73b441d1638", "2eb8aa08-aa98-11ea-73b441d16380",
          "2eb8aa08aa9811eab4aa73b441d16380", "2eb8aa08-aa98-11ea-b4ga-73b441d16380",
          "2eb8-aa08-aa98-11ea-b4aa73b44-1d16380", "{eb8aa08-aa98-11ea-b4aa-73b441d1638}"});
}

}  // namespace
}  // namespace rockpool::schema
