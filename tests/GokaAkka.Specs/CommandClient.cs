using GokaAkka.Commands;

namespace GokaAkka.Specs;

/// <summary>Gives commands to a node, as its web server does.</summary>
sealed class CommandClient(Goka goka)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly CommandRunner _runner = new(goka);

    public async Task<Answer> Run(string command)
    {
        var messages = new List<CommandMessage>();
        await Follow(command, messages.Add, CancellationToken.None).WaitAsync(Patience);
        return new Answer(messages);
    }

    /// <summary>Runs a command that goes on.</summary>
    public Task Follow(string command, Action<CommandMessage> heard, CancellationToken cancellation) => _runner.Run(command.Split(' '), message =>
    {
        heard(message);
        return Task.CompletedTask;
    }, cancellation);

    public Task<IReadOnlyList<string>> Complete(params string[] words) => _runner.Complete(words, CancellationToken.None).WaitAsync(Patience);
}

/// <summary>What a command said.</summary>
sealed class Answer(IReadOnlyList<CommandMessage> messages)
{
    public string? Error => messages[^1].Error;

    public bool IsUsage => messages[^1].Usage == true;

    public IReadOnlyList<string> Rows => [.. messages.Where(m => m.Row is not null).Select(m => string.Join(" | ", m.Row!.Select(c => c?.ToString() ?? "-")))];

    public IReadOnlyList<string> Columns => messages.First(m => m.Columns is not null).Columns!;

    public string Text => string.Join('\n', messages.Where(m => m.Text is not null).Select(m => m.Text));

    public string Notes => string.Join('\n', messages.Where(m => m.Note is not null).Select(m => m.Note));

    public IReadOnlyList<string?> this[string column] =>
        [.. messages.Where(m => m.Row is not null).Select(m => m.Row![Columns.ToList().IndexOf(column)]?.ToString())];

    public Answer Ok()
    {
        Error.ShouldBeNull();
        messages[^1].End.ShouldBe(true);
        return this;
    }
}
