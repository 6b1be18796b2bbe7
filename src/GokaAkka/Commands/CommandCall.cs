namespace GokaAkka.Commands;

/// <summary>A command as it was typed, and the way back to whoever typed it. For one command at a time.</summary>
public sealed class CommandCall
{
    readonly IReadOnlyDictionary<string, string> _values;
    readonly ICommandOutput _output;

    internal CommandCall(Goka goka, IReadOnlyDictionary<string, string> values, ICommandOutput output, CancellationToken cancellation)
    {
        Goka = goka;
        _values = values;
        _output = output;
        Cancellation = cancellation;
    }

    /// <summary>GokaAkka in the node.</summary>
    public Goka Goka { get; }

    /// <summary>Cancelled when nobody waits any more.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>The value of an argument, or its default; null where there is neither.</summary>
    public string? this[string argument] => _values.GetValueOrDefault(argument);

    /// <summary>The value of a mandatory argument.</summary>
    public string Required(string argument) =>
        this[argument] ?? throw new ArgumentException($"'{argument}' is not given, and it is not defined as mandatory.", nameof(argument));

    /// <summary>Whether a flag is given.</summary>
    public bool Has(string flag) => _values.ContainsKey(flag);

    /// <summary>The value of an argument that is a whole number; null where it is left out and has no default.</summary>
    /// <exception cref="CommandException">It is something else, or below the least.</exception>
    public int? Number(string argument, int least = 0)
    {
        if (this[argument] is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new CommandException($"{argument} is a whole number from {least} on, found '{text}'.");
    }

    /// <summary>Begins a table; <see cref="Row"/> follows for each row. Its rows are counted by themselves.</summary>
    /// <param name="of">What the rows are, in the plural: <c>nodes</c>.</param>
    /// <param name="columns">The columns' names.</param>
    public Task Table(string of, params string[] columns) => _output.Table(of, columns, Cancellation);

    /// <summary>A row of the table that was begun last, a value for each column; null where there is none.</summary>
    public Task Row(params string?[] values) => _output.Row(values, Cancellation);

    /// <summary>Text as it is, of one line or several.</summary>
    public Task Text(string text) => _output.Text(text, Cancellation);

    /// <summary>A remark beside what was asked for: kept apart where that is for machines.</summary>
    public Task Note(string text) => _output.Note(text, Cancellation);
}

/// <summary>Where what a command says goes.</summary>
interface ICommandOutput
{
    Task Table(string of, IReadOnlyList<string> columns, CancellationToken cancellation);

    Task Row(IReadOnlyList<string?> values, CancellationToken cancellation);

    Task Text(string text, CancellationToken cancellation);

    Task Note(string text, CancellationToken cancellation);
}
