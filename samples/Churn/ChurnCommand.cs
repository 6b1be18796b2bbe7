using System.CommandLine;
using System.CommandLine.Parsing;

namespace GokaAkka.Samples.Churn;

/// <summary>The arguments of the churn sample.</summary>
sealed class ChurnCommand
{
    const string Name = "churn";
    const int LongestPatience = 86_400;

    readonly CommonOptions _common = new(Name, "churn-per-path");

    readonly Argument<string?> _file = new("FILE")
    {
        Arity = ArgumentArity.ZeroOrOne, Description = "The change history: lines of time, commit, lines added, lines deleted, path. Plain or gzipped.",
    };

    readonly Option<string?> _out = new("--out") { HelpName = "FILE", Description = "Where the table goes: path, changes, added, deleted; by path." };

    readonly Option<string> _topic = new("--topic") { HelpName = "NAME", Description = "The stream of changes.", DefaultValueFactory = _ => "churn" };

    readonly Option<Role> _role = Options.Choice<Role>(
        "--role",
        "The part of the work this process does; parts other than all need --bootstrap. "
        + "emit: sends FILE and ends. process: works until stopped. export: waits until all is processed, writes --out and ends.");

    readonly Option<int> _patience = Options.Number(
        "--timeout", "SECONDS", 1, LongestPatience, 60, "How long an export waits while nothing goes on.");

    public Task<int> Run(string[] args)
    {
        var command = new RootCommand("Sums up the change history of a source tree per file.") { _file, _out, _role, _topic, _patience };
        _common.AddTo(command);
        command.Validators.Add(CheckRole);
        command.SetAction((parsed, stop) => new ChurnRun(Read(parsed)).Run(stop));
        return SampleProgram.Run(Name, args, command, _common);
    }

    ChurnSettings Read(ParseResult parsed) => new(
        _common.Read(parsed), parsed.GetValue(_role), parsed.GetValue(_topic)!, parsed.GetValue(_file), parsed.GetValue(_out),
        TimeSpan.FromSeconds(parsed.GetValue(_patience)));

    void CheckRole(CommandResult result)
    {
        if (result.GetResult(_role) is { Implicit: false } given && !Enum.TryParse<Role>(given.Tokens.FirstOrDefault()?.Value, ignoreCase: true, out _))
            return;
        var role = result.GetValue(_role);
        Require(result, role is Role.All or Role.Emit, result.GetValue(_file) is not null, "FILE, the change history", role);
        Require(result, role is Role.All or Role.Export, result.GetValue(_out) is not null, "--out FILE, where the table goes", role);
        if (role != Role.All && result.GetResult(_common.Bootstrap) is null)
            result.AddError($"--role {Word(role)} shares a broker with other processes: give its address with --bootstrap ('./goka broker' starts one).");
    }

    static void Require(CommandResult result, bool isNeeded, bool isGiven, string what, Role role)
    {
        if (isNeeded && !isGiven)
            result.AddError($"{what}, is missing.");
        else if (!isNeeded && isGiven)
            result.AddError($"{what}, is not for --role {Word(role)}.");
    }

    static string Word(Role role) => role.ToString().ToLowerInvariant();
}
