using GokaAkka.Cli.Remote;
using GokaAkka.Commands;

namespace GokaAkka.Integration.Tests.Tool;

/// <summary>What of <c>goka cmd</c> needs neither a node nor a terminal.</summary>
public sealed class TypingTests
{
    [Theory]
    [InlineData("group show clicks", "group", "show", "clicks")]
    [InlineData("  table get  t 'a key' ", "table", "get", "t", "a key")]
    [InlineData("get \"a \\\"b\\\"\" c\\ d ''", "get", "a \"b\"", "c d", "")]
    [InlineData("")]
    public void Words_must_be_split_as_shells_do(string line, params string[] words)
    {
        CmdWords.Split(line, out var split).ShouldBeTrue();
        split.ShouldBe(words);
        CmdWords.Split(string.Join(' ', words.Select(CmdWords.Quoted)), out var again).ShouldBeTrue();
        again.ShouldBe(words);
    }

    [Fact]
    public void Quote_that_is_not_closed_must_be_noticed() => CmdWords.Split("get 'a", out _).ShouldBeFalse();

    [Theory]
    [InlineData("127.0.0.1:9110", "http://127.0.0.1:9110/")]
    [InlineData("node", "http://node:9080/")]
    [InlineData("node:80", "http://node/")]
    [InlineData("[::1]:7", "http://[::1]:7/")]
    [InlineData("::1", "http://[::1]:9080/")]
    [InlineData("http://node", "http://node/")]
    [InlineData("https://node:8443/goka", "https://node:8443/goka/")]
    public void Address_must_be_read(string text, string address) => CmdAddress.Parse(text)!.AbsoluteUri.ShouldBe(address);

    [Theory]
    [InlineData("")]
    [InlineData("node:0")]
    [InlineData("node:70000")]
    [InlineData("node:x")]
    [InlineData("a b")]
    [InlineData("here:there:")]
    [InlineData("node/goka")]
    [InlineData("http://")]
    public void Address_that_is_none_must_be_noticed(string text) => CmdAddress.Parse(text).ShouldBeNull();

    [Fact]
    public void Line_must_be_edited_and_recalled()
    {
        var line = new LineBuffer(["first", "second one"]);
        line.Insert("tyop");
        line.Move(-1);
        line.Backspace();
        line.Backspace();
        line.Insert("yp");
        (line.Text, line.Cursor).ShouldBe(("typp", 3));
        line.Delete();
        line.Recall(-1);
        line.Text.ShouldBe("second one");
        line.DeleteWord();
        line.Text.ShouldBe("second ");
        line.Recall(-1);
        line.Recall(-1);
        line.Text.ShouldBe("first");
        line.Recall(1);
        line.Recall(1);
        line.Text.ShouldBe("typ", "what was being typed comes back");
        line.Home();
        line.DeleteToEnd();
        line.Text.ShouldBe("");
    }

    [Fact]
    public async Task Rows_must_be_written_for_people_with_their_count_and_for_machines_as_json()
    {
        CommandMessage[] messages =
        [
            new() { Of = "things", Columns = ["name", "last record"] }, new() { Row = ["a\nb", null] }, new() { Row = ["c", 2] }, new() { Note = "so far" }, new() { End = true },
        ];
        (await Written(messages, json: false, aligned: false)).ShouldBe(("# name | last record\na\\nb | -\nc | 2\nCount: 2 things\nso far\n", ""));
        (await Written(messages, json: false, aligned: true)).Output.ShouldStartWith("# name | last record\na\\nb   | -\nc      | 2\nCount: 2 things\n");
        (await Written(messages, json: true, aligned: false)).ShouldBe(
            ("{\"name\":\"a\\nb\",\"last_record\":null}\n{\"name\":\"c\",\"last_record\":2}\n", "so far\n"));
    }

    static async Task<(string Output, string Errors)> Written(IEnumerable<CommandMessage> messages, bool json, bool aligned)
    {
        using StringWriter output = new() { NewLine = "\n" }, errors = new() { NewLine = "\n" };
        var writer = new CmdWriter(output, errors, json, aligned);
        foreach (var message in messages)
            await writer.Write(message);
        return (output.ToString(), errors.ToString());
    }
}
