namespace GokaAkka.Storage.Tests;

public sealed class StoreFileNameTests
{
    [Theory]
    [InlineData("clicks-table", "clicks-table")]
    [InlineData("a.b_c-9", "a.b_c-9")]
    [InlineData("", "%")]
    [InlineData(".", "%2e")]
    [InlineData("..", "%2e%2e")]
    [InlineData("a.", "a%2e")]
    [InlineData("a/b\\c", "a%2fb%5cc")]
    [InlineData("100%", "100%25")]
    [InlineData("Clicks", "%43licks")]
    [InlineData("é", "%c3%a9")]
    [InlineData("nul.x", "%6eul.x")]
    [InlineData("com1", "%63om1")]
    [InlineData("a\0b~", "a%00b%7e")]
    public void Name_must_become_a_plain_file_name(string name, string escaped) => StoreFileName.Escape(name).ShouldBe(escaped);

    [Fact]
    public void Name_too_long_for_a_file_system_must_be_shortened_and_stay_different_from_others()
    {
        var names = Enumerable.Range(0, 100).Select(i => new string('t', 200) + i).ToArray();
        var escaped = names.Select(StoreFileName.Escape).ToArray();
        escaped.ShouldAllBe(name => name.Length < 120);
        escaped.Distinct().Count().ShouldBe(names.Length);
    }

    [Fact]
    public void Path_must_name_directory_owner_topic_and_partition() =>
        StoreFileName.Of("data", new StorageId("shop", "clicks-table", 3), ".db")
            .ShouldBe(Path.Combine(Environment.CurrentDirectory, "data", "shop", "clicks-table.3.db"));
}
