using System.Text.Json.Nodes;

namespace GokaAkka.Commands;

/// <summary>A command as it was typed, and the way back to whoever typed it. Not for concurrent use: what writes is awaited before the next that does.</summary>
public sealed class CommandCall
{
    readonly IReadOnlyDictionary<string, string> _values;
    readonly Func<CommandMessage, Task> _write;

    internal CommandCall(Goka goka, IReadOnlyDictionary<string, string> values, Func<CommandMessage, Task> write, CancellationToken cancellation)
    {
        Goka = goka;
        _values = values;
        _write = write;
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
    public Task Table(string of, params string[] columns) => _write(new CommandMessage { Of = of, Columns = columns });

    /// <summary>
    /// A row of the table that was begun last: for each column a text or a number, which is one for machines too; null where there is none.
    /// </summary>
    public Task Row(params JsonNode?[] values) => _write(new CommandMessage { Row = values });

    /// <summary>Text as it is, of one line or several.</summary>
    public Task Text(string text) => _write(new CommandMessage { Text = text });

    /// <summary>A remark beside what was asked for: kept apart where that is for machines.</summary>
    public Task Note(string text) => _write(new CommandMessage { Note = text });
}
