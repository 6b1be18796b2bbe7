using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GokaAkka.Commands;

namespace GokaAkka.Cli.Remote;

/// <summary>Writes what a node answers: rows separated by bars with a count behind them, for people and grep; or, for machines, a JSON object a row.</summary>
/// <param name="output">Where answers go.</param>
/// <param name="errors">Where errors go, and with JSON remarks.</param>
/// <param name="json">Whether to write JSON.</param>
/// <param name="aligned">Whether to align columns: for terminals.</param>
sealed class CmdWriter(TextWriter output, TextWriter errors, bool json, bool aligned)
{
    const string Nothing = "-";
    const string Bar = " | ";

    // A column of long texts is not to push what follows it out of sight.
    const int WidestColumn = 48;

    static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // So many rows are looked at for their widths.
    const int MostHeldBack = 200;

    readonly List<string[]> _heldBack = [];
    IReadOnlyList<string> _columns = [];
    int[] _widths = [];
    string? _of;
    long _rows;

    /// <summary>Whether there are rows that wait for others to be aligned with.</summary>
    public bool HoldsBack => _heldBack.Count > 0;

    /// <summary>Writes a message; rows that are aligned only with <see cref="Flush"/>, with the end of their table, or when they have become many.</summary>
    public async Task Write(CommandMessage message)
    {
        if (message.Columns is { } columns)
        {
            await EndTable().ConfigureAwait(false);
            (_columns, _of, _rows) = (columns, message.Of ?? "rows", 0);
            _widths = new int[columns.Count];
            if (!json)
                await Line([.. columns.Select((c, i) => i == 0 ? "# " + c : c)]).ConfigureAwait(false);
        }
        else if (message.Row is { } row)
        {
            _rows++;
            if (json)
                await output.WriteLineAsync(Json(row)).ConfigureAwait(false);
            else
                await Line([.. row.Select(static c => c?.ToString() is { Length: > 0 } text ? OneLine(text) : Nothing)]).ConfigureAwait(false);
        }
        else if (message.Text is { } text)
        {
            await EndTable().ConfigureAwait(false);
            await output.WriteLineAsync(json ? JsonSerializer.Serialize(new Dictionary<string, string> { ["text"] = text }, Relaxed) : text).ConfigureAwait(false);
        }
        else if (message.Note is { } note)
        {
            await EndTable().ConfigureAwait(false);
            await (json ? errors : output).WriteLineAsync(note).ConfigureAwait(false);
        }
        else
        {
            await EndTable().ConfigureAwait(false);
            if (message.Error is { } error)
                await errors.WriteLineAsync(error).ConfigureAwait(false);
        }

        await output.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Writes the rows that wait.</summary>
    public async Task Flush()
    {
        foreach (var cells in _heldBack)
        {
            for (var i = 0; i < cells.Length - 1 && i < _widths.Length; i++)
                _widths[i] = Math.Min(WidestColumn, Math.Max(_widths[i], cells[i].Length));
        }

        foreach (var cells in _heldBack)
        {
            for (var i = 0; i < cells.Length - 1 && i < _widths.Length; i++)
                cells[i] = cells[i].PadRight(_widths[i]);
            await output.WriteLineAsync(string.Join(Bar, cells)).ConfigureAwait(false);
        }

        _heldBack.Clear();
        await output.FlushAsync().ConfigureAwait(false);
    }

    async Task EndTable()
    {
        await Flush().ConfigureAwait(false);
        if (_of is not null && !json)
            await output.WriteLineAsync($"Count: {_rows} {_of}").ConfigureAwait(false);
        _of = null;
    }

    async Task Line(string[] cells)
    {
        if (!aligned)
        {
            await output.WriteLineAsync(string.Join(Bar, cells)).ConfigureAwait(false);
            return;
        }

        _heldBack.Add(cells);
        if (_heldBack.Count == MostHeldBack)
            await Flush().ConfigureAwait(false);
    }

    static string OneLine(string text) => text.AsSpan().ContainsAny('\n', '\r') ? text.ReplaceLineEndings("\\n") : text;

    string Json(IReadOnlyList<JsonNode?> row)
    {
        var cells = new Dictionary<string, JsonNode?>();
        for (var i = 0; i < row.Count && i < _columns.Count; i++)
            cells[_columns[i].Replace(' ', '_')] = row[i]?.ToString() is { Length: > 0 } ? row[i] : null;
        return JsonSerializer.Serialize(cells, Relaxed);
    }
}
