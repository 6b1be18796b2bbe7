using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Akka.InProcess.Tests.Hocon;

public sealed class HoconSpec
{
    static Config Parse(string hocon) => ConfigurationFactory.ParseString(hocon);

    [Fact]
    public void Objects_dotted_keys_and_both_assignments_must_mean_the_same()
    {
        foreach (var hocon in new[] { "a.b.c = 1", "a { b { c : 1 } }", "a { b.c = 1 }", "{ \"a\" : { \"b\" : { \"c\" : 1 } } }", "a = { b { c = 1 } }" })
            Parse(hocon).GetInt("a.b.c").ShouldBe(1, hocon);
    }

    [Fact]
    public void Comments_must_be_passed_over()
    {
        var config = Parse("""
            # one
            a = 1 # two
            // three
            b = 2 // four
            c = "no # comment" # five
            """);
        config.GetInt("a").ShouldBe(1);
        config.GetInt("b").ShouldBe(2);
        config.GetString("c").ShouldBe("no # comment");
    }

    [Fact]
    public void Texts_may_be_unquoted_quoted_and_triple_quoted()
    {
        var config = Parse(""""
            unquoted = some text here  
            quoted = "a \"b\"\t\\ A"
            triple = """first
            second "quoted" \n"""
            joined = one "two"  three
            """");
        config.GetString("unquoted").ShouldBe("some text here");
        config.GetString("quoted").ShouldBe("a \"b\"\t\\ A");
        config.GetString("triple").ReplaceLineEndings("\n").ShouldBe("first\nsecond \"quoted\" \\n");
        config.GetString("joined").ShouldBe("one two  three");
    }

    [Fact]
    public void Null_must_read_as_null() => Parse("a = null").GetString("a", "default").ShouldBeNull();

    [Fact]
    public void Arrays_must_be_read_on_one_line_and_on_several()
    {
        Parse("a = [1, 2, 3]").GetIntList("a").ShouldBe([1, 2, 3]);
        Parse("a = [\n one\n two,\n three # last\n]").GetStringList("a").ShouldBe(["one", "two", "three"]);
        Parse("a = []").GetStringList("a").ShouldBeEmpty();
        Parse("a = [{ b = 1 }, { b = 2 }]").GetValue("a").GetArray().Select(item => item.GetObject().GetKey("b").GetInt()).ShouldBe([1, 2]);
        Parse("a = [1] [2]").GetIntList("a").ShouldBe([1, 2]);
    }

    [Fact]
    public void A_later_value_must_replace_an_earlier_one_and_objects_must_be_merged()
    {
        var config = Parse("a { b = 1, c = 2 }\n a = { c = 3, d = 4 }, e = 1, e = 2");
        config.GetInt("a.b").ShouldBe(1);
        config.GetInt("a.c").ShouldBe(3);
        config.GetInt("a.d").ShouldBe(4);
        config.GetInt("e").ShouldBe(2);
    }

    [Fact]
    public void Substitutions_must_stand_for_the_value_at_the_end_of_the_document()
    {
        var config = Parse("""
            text = ${base}/sub
            object = ${template}
            array = ${items} [3]
            base = root
            template { x = 1 }
            items = [1, 2]
            """);
        config.GetString("text").ShouldBe("root/sub");
        config.GetInt("object.x").ShouldBe(1);
        config.GetIntList("array").ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void A_substitution_without_a_value_must_be_an_error_that_names_it() =>
        Should.Throw<FormatException>(() => Parse("a = ${b.c}")).Message.ShouldBe("Unresolved substitution: b.c");

    [Fact]
    public void A_substitution_of_itself_must_be_an_error() =>
        Should.Throw<FormatException>(() => Parse("a = ${b}, b = ${a}")).Message.ShouldContain("contains itself");

    [Fact]
    public void What_Akka_NETs_dialect_lacks_must_be_lacking_here()
    {
        Should.Throw<FormatException>(() => Parse("a = ${?HOME}")).Message.ShouldContain("line 1, column");
        Parse("a = [1]\n a += 2").GetIntList("a").ShouldBe([1]);
        Should.Throw<ConfigurationException>(() => Parse("a = http://host:80")).Message.ShouldContain("'a'");
        Should.Throw<NotSupportedException>(() => Parse("a = yes").GetBoolean("a"));
        Should.Throw<FormatException>(() => Parse("a { b = 1 }, c = 2")).Message.ShouldContain("line 1, column 12");
    }

    [Fact]
    public void Includes_must_be_asked_of_the_callback_and_merged()
    {
        var asked = new List<string>();
        var config = ConfigurationFactory.ParseString("a { b = 1 \n include \"other.conf\" \n c = 3 }", name =>
        {
            asked.Add(name);
            return Parser.Parse("b = 2, d = ${b}", null);
        });
        asked.ShouldBe(["other.conf"]);
        config.GetInt("a.b").ShouldBe(2);
        config.GetInt("a.c").ShouldBe(3);
        config.GetInt("a.d").ShouldBe(2);
        Should.Throw<ConfigurationException>(() => Parse("include \"x\"")).Message.ShouldContain("\"x\"");
    }

    [Theory]
    [InlineData("500", 500)]
    [InlineData("500ms", 500)]
    [InlineData("1.5 s", 1500)]
    [InlineData("2 seconds", 2000)]
    [InlineData("3m", 180_000)]
    [InlineData("1 hour", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    public void Durations_must_be_read_with_their_unit(string text, double milliseconds) =>
        Parse($"a = {text}").GetTimeSpan("a").TotalMilliseconds.ShouldBe(milliseconds);

    [Fact]
    public void Infinite_must_be_a_duration_where_it_is_allowed()
    {
        Parse("a = infinite").GetTimeSpan("a").ShouldBe(Timeout.InfiniteTimeSpan);
        Should.Throw<FormatException>(() => Parse("a = infinite").GetTimeSpan("a", null, allowInfinite: false));
        Should.Throw<FormatException>(() => Parse("a = -5").GetTimeSpan("a"));
        Should.Throw<FormatException>(() => Parse("a = 5 us").GetTimeSpan("a"));
    }

    [Theory]
    [InlineData("10", 10)]
    [InlineData("10b", 10)]
    [InlineData("10 kB", 10_000)]
    [InlineData("10KiB", 10_240)]
    [InlineData("2M", 2_097_152)]
    [InlineData("2 MB", 2_000_000)]
    [InlineData("1 GiB", 1_073_741_824)]
    public void Sizes_must_be_read_with_their_unit(string text, long bytes) => Parse($"a = {text}").GetByteSize("a").ShouldBe(bytes);

    [Fact]
    public void A_size_of_an_unknown_unit_must_be_an_error_that_names_it() =>
        Should.Throw<FormatException>(() => Parse("a = 10 parsec").GetByteSize("a")).Message.ShouldBe("parsec is not a valid byte size suffix");

    [Fact]
    public void Missing_paths_must_give_the_default()
    {
        var config = Parse("a = 1");
        config.GetString("x").ShouldBeNull();
        config.GetString("x", "d").ShouldBe("d");
        config.GetInt("x", 5).ShouldBe(5);
        config.GetBoolean("x", true).ShouldBeTrue();
        config.GetTimeSpan("x", TimeSpan.FromSeconds(1)).ShouldBe(TimeSpan.FromSeconds(1));
        config.GetByteSize("x", 7).ShouldBe(7);
        config.GetStringList("x").ShouldBeEmpty();
        config.GetStringList("x", ["d"]).ShouldBe(["d"]);
        config.GetConfig("x").ShouldBeNull();
        config.HasPath("x").ShouldBeFalse();
        config.HasPath("a").ShouldBeTrue();
        Should.Throw<ConfigurationException>(() => config.GetIntList("x")).Message.ShouldContain("'x'");
    }

    [Fact]
    public void Values_must_be_read_in_every_type()
    {
        var config = Parse("i = 1, l = 5000000000, d = 1.5, on = on, off = off, list = [1.5, 2]");
        config.GetInt("i").ShouldBe(1);
        config.GetLong("l").ShouldBe(5_000_000_000);
        config.GetDouble("d").ShouldBe(1.5);
        config.GetFloat("d").ShouldBe(1.5f);
        config.GetDecimal("d").ShouldBe(1.5m);
        config.GetBoolean("on").ShouldBeTrue();
        config.GetBoolean("off").ShouldBeFalse();
        config.GetDoubleList("list").ShouldBe([1.5, 2]);
        Should.Throw<FormatException>(() => config.GetInt("on"));
    }

    [Fact]
    public void Quoted_keys_may_have_dots()
    {
        var config = Parse("\"a.b\".c = 1");
        config.GetInt("\"a.b\".c").ShouldBe(1);
        config.HasPath("a.b.c").ShouldBeFalse();
    }

    [Fact]
    public void A_fallback_must_fill_in_and_not_replace()
    {
        var config = Parse("a = { b = 1 }, list = [1]").WithFallback(Parse("a = { b = 2, c = 3 }, list = [2], d = 4")).WithFallback(Parse("d = 5, e = 6"));
        config.GetInt("a.b").ShouldBe(1);
        config.GetInt("a.c").ShouldBe(3);
        config.GetIntList("list").ShouldBe([1]);
        config.GetInt("d").ShouldBe(4);
        config.GetInt("e").ShouldBe(6);
        config.GetConfig("a").GetInt("c").ShouldBe(3);
        config.AsEnumerable().Select(item => item.Key).Order().ShouldBe(["a", "d", "e", "list"]);
        config.ToString().ShouldNotContain("e : 6");
        config.ToString(includeFallback: true).ShouldContain("e : 6");
        Should.Throw<ArgumentException>(() => config.WithFallback(config));
    }

    [Fact]
    public void Empty_configurations_must_say_so()
    {
        ConfigurationFactory.Empty.IsEmpty.ShouldBeTrue();
        Config.Empty.IsNullOrEmpty().ShouldBeTrue();
        ((Config)null).IsNullOrEmpty().ShouldBeTrue();
        Config.Empty.WithFallback(Parse("a = 1")).GetInt("a").ShouldBe(1);
        Parse("a = 1").WithFallback(Config.Empty).GetInt("a").ShouldBe(1);
        ((Config)"a = 1").GetInt("a").ShouldBe(1);
    }

    [Fact]
    public void Resources_and_objects_must_be_readable()
    {
        ConfigurationFactory.Default().GetString("akka.loglevel").ShouldBe("INFO");
        ConfigurationFactory.FromResource<Config>("Akka.Configuration.akka.conf").HasPath("akka.actor").ShouldBeTrue();
        ConfigurationFactory.FromResource("Akka.Configuration.akka.conf", typeof(Config)).HasPath("akka.actor").ShouldBeTrue();
        Should.Throw<ArgumentNullException>(() => ConfigurationFactory.FromResource<Config>("nothing.conf")).Message.ShouldContain("'nothing.conf'");
        ConfigurationFactory.FromObject(new { a = new { b = 1, list = new[] { "x" } } }).GetStringList("a.list").ShouldBe(["x"]);
    }

    [Fact]
    public void An_unknown_escape_must_be_an_error_that_says_where() =>
        Should.Throw<FormatException>(() => Parse("a = 1\nb = \"\\q\"")).Message.ShouldContain("line 2");

    [Fact]
    public void A_missing_value_must_be_an_error_that_names_the_key() =>
        Should.Throw<Exception>(() => Parse("a.b =")).Message.ShouldContain("'a.b'");
}
