using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using GokaAkka.Cli.Remote;

namespace GokaAkka.Cli.Commands;

/// <summary><c>goka cmd HOST:PORT</c>: gives commands to a node, which defines them. One and its exit code, or with none, those that are typed.</summary>
static class CmdCommand
{
    public const string Name = "cmd";

    const int CannotConnect = 3;
    const string TokenVariable = "GOKA_CMD_TOKEN";

    public static Command Create()
    {
        var address = new Argument<Uri>("host:port")
        {
            Description = "Where the node serves the web monitor (goka.web), port 9080 when it is left out; or the URL of a monitor that an application serves.",
            CustomParser = static result => Address(result),
        };
        var words = new Argument<string[]>("command")
        {
            Description = "What to do, such as: group show clicks. Without it, commands are read from the terminal or the standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var json = new Option<bool>("--json") { Description = "Prints a JSON object a row, with numbers as such and times in ISO 8601, and nothing else." };
        var token = new Option<string?>("--token") { Description = $"What the node expects of its clients (goka.web.token); {TokenVariable} otherwise.", HelpName = "TOKEN" };
        var command = new Command(Name, "Gives commands to a node. Ends with 0, 1 when a command failed, 2 when it is none, 3 without a connection.")
        {
            address, words, json, token,
        };
        // What is after the address is the node's to know.
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, _) => Run(
            parsed.GetValue(address)!, Words(parsed, address, json, token), parsed.GetValue(json), parsed.GetValue(token), parsed.InvocationConfiguration));
        return command;
    }

    static Uri? Address(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var address = CmdAddress.Parse(text);
        if (address is null)
            result.AddError($"'{text}' is no address of a node: expected HOST:PORT, such as 127.0.0.1:9080, or a URL.");
        return address;
    }

    /// <summary>The words behind the address in their order, without the options that are this command's own.</summary>
    static List<string> Words(ParseResult parsed, Argument<Uri> address, Option json, Option token)
    {
        var words = new List<string>();
        var tokens = parsed.Tokens.Select(static t => t.Value).ToList();
        var first = tokens.IndexOf(Name) + 1;
        var skipped = parsed.GetResult(address)!.Tokens[0].Value;
        for (var i = first; i < tokens.Count; i++)
        {
            if (tokens[i] == json.Name)
                continue;
            if (tokens[i] == token.Name)
                i++;
            else if (skipped is not null && tokens[i] == skipped)
                skipped = null;
            else
                words.Add(tokens[i]);
        }

        return words;
    }

    static async Task<int> Run(
        Uri address, IReadOnlyList<string> words, bool json, string? token, InvocationConfiguration terminal)
    {
        try
        {
            using var client = new CmdClient(address, token ?? Environment.GetEnvironmentVariable(TokenVariable));
            var shell = new CmdShell(client, new CmdWriter(terminal.Output, terminal.Error, json, aligned: !Console.IsOutputRedirected && !json), terminal.Error);
            return words.Count > 0 ? await shell.Run(words)
                : Console.IsInputRedirected || Console.IsOutputRedirected ? await shell.Read(Console.In)
                : await shell.Talk($"{address.Authority}> ");
        }
        catch (Exception e) when (e is CmdConnectionException or IOException or JsonException)
        {
            await terminal.Error.WriteLineAsync(e is CmdConnectionException ? e.Message : $"The answer of {address.Authority} cannot be read to its end: {e.Message}");
            return CannotConnect;
        }
    }
}
